package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.bench.secrecy.ProgramOutput;
import dev.culvert.mux.control.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One of the programs in a JVM of its own, with what it prints. */
public final class Forked implements AutoCloseable {
  private static final String CLIENT = "dev.culvert.client.cli.Main";
  private static final String SERVER = "dev.culvert.server.Main";
  private static final String TOKEN = "CULVERT_AUTHTOKEN";
  private static final long DEADLINE_SECONDS = 30;

  private final Process process;
  private final ProgramOutput kept;
  private final Thread reader;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();

  private Forked(Process process, ProgramOutput kept) {
    this.process = process;
    this.kept = kept;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        kept.add(line);
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("cannot be read: " + e);
    }
  }

  /** A server with all its listeners on free ports. */
  public static ForkedServer server(Path state, String... jvmFlags) throws Exception {
    return started(serve(state, List.of(jvmFlags)));
  }

  /** A server with all its listeners on free ports, that is started for the first time. */
  static ForkedServer server(Path state, Map<String, String> environment) throws Exception {
    return started(start(List.of(), SERVER, environment, state, serveOnFreePorts(state)));
  }

  private static ForkedServer started(Forked forked) throws InterruptedException {
    int tunnelPort = Integer.parseInt(forked.await("clients +localhost:(\\d+)"));
    String pin = forked.await("identity +(\\S+)");
    return new ForkedServer(forked, tunnelPort, pin, forked.awaitToken());
  }

  /** The token that a server shows at its first start, and that must not be seen again. */
  String awaitToken() throws InterruptedException {
    String token = await("export CULVERT_AUTHTOKEN=(\\S+)");
    FinestOutput.tell(new Secret(token));
    return token;
  }

  /** The server's program, which may or may not be started for the first time. */
  static Forked serve(Path state, List<String> jvmFlags, String... options) throws IOException {
    return start(jvmFlags, SERVER, Map.of(), state, serveOnFreePorts(state, options));
  }

  private static String[] serveOnFreePorts(Path state, String... options) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--state", state.toString()));
    arguments.addAll(List.of("--tunnel", ":0", "--http", ":0", "--https", ":0"));
    arguments.addAll(List.of(options));
    return arguments.toArray(String[]::new);
  }

  /** The server's program with any arguments. */
  public static Forked culvertd(Path state, String... arguments) throws IOException {
    return start(List.of(), SERVER, Map.of(), state, arguments);
  }

  /** A server, and what a client needs to know of it. */
  public record ForkedServer(Forked forked, int tunnelPort, String pin, String token)
      implements AutoCloseable {

    /** A client of this server. */
    Forked client(Path state, List<String> jvmFlags, String kind, int target) throws Exception {
      return start(
          jvmFlags,
          CLIENT,
          Map.of(TOKEN, token),
          state,
          kind,
          Integer.toString(target),
          "--server",
          "127.0.0.1:" + tunnelPort,
          "--pin",
          pin);
    }

    @Override
    public void close() {
      forked.close();
    }
  }

  /** A client with any arguments. */
  static Forked client(String token, Path state, String... arguments) throws IOException {
    return start(List.of(), CLIENT, Map.of(TOKEN, token), state, arguments);
  }

  /** What is in {@code environment} is secret. */
  private static Forked start(
      List<String> jvmFlags,
      String mainClass,
      Map<String, String> environment,
      Path state,
      String... arguments)
      throws IOException {
    environment.values().forEach(secret -> FinestOutput.tell(new Secret(secret)));
    ProgramOutput kept = ProgramOutput.next();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:+UseSerialGC");
    command.add("-Dculvert.copy=" + Boolean.getBoolean("culvert.copy"));
    command.addAll(kept.jvmFlags());
    command.addAll(jvmFlags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("XDG_STATE_HOME", state.toString());
    builder.environment().put("XDG_CONFIG_HOME", state.toString());
    return new Forked(builder.start(), kept);
  }

  /** Waits for a line that has {@code pattern} in it; its first group. */
  public String await(String pattern) throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (true) {
      String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(line).as("a line with %s, behind %s", pattern, seen).isNotNull();
      seen.add(line);
      Matcher matcher = wanted.matcher(line);
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
  }

  /** Every line the process printed; once it has ended. */
  public List<String> allLines() throws InterruptedException {
    reader.join();
    List<String> all = new ArrayList<>(seen);
    all.addAll(lines);
    return all;
  }

  /** Kills the process, as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Sends the process a signal, such as {@code USR1}. */
  void signal(String name) throws Exception {
    String pid = Long.toString(process.pid());
    Process kill = new ProcessBuilder("kill", "-" + name, pid).start();
    assertThat(kill.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  /** Asks the process to end, as {@code kill} and Ctrl-C do; its exit code. */
  public int end() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }

  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }

  /** Whether it still runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
