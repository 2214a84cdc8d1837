package dev.culvert.bench.interop;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Opens {@link UnreadStreams} with every library before the first class that names it, so that
 * their time passes while other tests run, and closes them behind the last test.
 */
final class UnreadSessions implements BeforeAllCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(UnreadSessions.class);

  /** One for each library that can be built. */
  static final class Sessions implements AutoCloseable {
    private final Map<PeerLibrary, UnreadStreams> streams = new EnumMap<>(PeerLibrary.class);
    private final Map<PeerLibrary, Throwable> failures = new EnumMap<>(PeerLibrary.class);

    Sessions() {
      for (PeerLibrary library : PeerLibrary.values()) {
        if (library.isBuilt()) {
          try {
            streams.put(library, new UnreadStreams(library));
          } catch (Exception | AssertionError e) {
            failures.put(library, e);
          }
        }
      }
    }

    UnreadStreams with(PeerLibrary library) {
      UnreadStreams found = streams.get(library);
      if (found == null) {
        throw new AssertionError("the streams could not be opened", failures.get(library));
      }
      return found;
    }

    @Override
    public void close() {
      streams.values().forEach(UnreadStreams::close);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    sessions(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Sessions.class;
  }

  @Override
  public Sessions resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return sessions(context);
  }

  private static Sessions sessions(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Sessions.class, ignored -> new Sessions(), Sessions.class);
  }
}
