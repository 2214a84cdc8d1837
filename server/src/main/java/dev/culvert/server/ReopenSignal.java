package dev.culvert.server;

import java.lang.reflect.Proxy;

/**
 * SIGUSR1, by which log files are opened anew. By way of reflection: the class is the JDK's own
 * ({@code jdk.unsupported}), and the compiler warns of it.
 */
final class ReopenSignal {
  private static final String NAME = "USR1";

  private ReopenSignal() {}

  /**
   * Has {@code action} run, on a thread of its own, each time that the signal comes. Does nothing
   * where a system has no such signal.
   */
  static void handle(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              ReopenSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(NAME), proxy);
    } catch (ReflectiveOperationException e) {
      // There is no such signal, or somebody else has it: the log is opened anew by a restart.
    }
  }
}
