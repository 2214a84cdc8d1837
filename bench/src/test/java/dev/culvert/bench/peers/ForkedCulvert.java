package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEvent;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.mux.control.Secret;
import dev.culvert.tls.Trust;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server in a process of its own, with little memory, and a tunnel through it to a service. */
final class ForkedCulvert implements AutoCloseable {
  private static final int DEADLINE_SECONDS = 30;
  private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB$");

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private @Nullable CulvertClient client;
  private @Nullable InetSocketAddress http;
  private @Nullable InetSocketAddress https;

  private ForkedCulvert(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::readLines);
  }

  static ForkedCulvert start(Path state, int servicePort, String... jvmFlags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of(jvmFlags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.culvert.server.Main");
    command.addAll(List.of("serve", "--state", state.toString(), "--tunnel", ":0"));
    command.addAll(List.of("--http", ":0", "--https", ":0"));
    ForkedCulvert culvert =
        new ForkedCulvert(new ProcessBuilder(command).redirectErrorStream(true).start());
    try {
      culvert.connect(servicePort);
    } catch (Exception | AssertionError e) {
      culvert.close();
      throw e;
    }
    return culvert;
  }

  private void readLines() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.lines().forEach(lines::add);
    } catch (IOException e) {
      lines.add("cannot be read: " + e);
    }
  }

  private String await(String pattern) throws InterruptedException {
    while (true) {
      String line = lines.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertThat(line).as("a line with %s", pattern).isNotNull();
      Matcher matcher = Pattern.compile(pattern).matcher(line);
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
  }

  private void connect(int servicePort) throws Exception {
    int tunnelPort = Integer.parseInt(await("clients +localhost:(\\d+)"));
    String pin = await("identity +(\\S+)");
    Secret token = new Secret(await("export CULVERT_AUTHTOKEN=(\\S+)"));
    LocalTarget target = new LocalTarget(LocalTarget.Scheme.HTTP, "127.0.0.1", servicePort);
    ClientConfig config =
        new ClientConfig(
            "127.0.0.1",
            tunnelPort,
            Trust.pinned(pin),
            token,
            ClientConfig.newInstance(),
            List.of(TunnelSpec.http(target, "app")));
    BlockingQueue<URI> opened = new LinkedBlockingQueue<>();
    client =
        CulvertClient.start(
            config,
            event -> {
              if (event instanceof ClientEvent.Opened tunnel) {
                tunnel.urls().forEach(text -> opened.add(URI.create(text)));
              }
            });
    for (int i = 0; i < 2; i++) {
      URI url = opened.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertThat(url).as("a URL of the tunnel").isNotNull();
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort());
      if (url.getScheme().equals("https")) {
        https = address;
      } else {
        http = address;
      }
    }
  }

  /** Where visitors reach the tunnel over HTTP. */
  InetSocketAddress http() {
    if (http == null) {
      throw new IllegalStateException("not connected");
    }
    return http;
  }

  /** Where visitors reach the tunnel over HTTPS. */
  InetSocketAddress https() {
    if (https == null) {
      throw new IllegalStateException("not connected");
    }
    return https;
  }

  /** What the process has printed since it started to serve. */
  List<String> said() {
    return List.copyOf(lines);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The most memory that the process has had resident. */
  long peakMebibytes() throws IOException {
    return number(Files.readString(proc("status"))) / 1024;
  }

  /** Its open files: connections, mostly. */
  long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(proc("fd"))) {
      return files.count();
    }
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  private static long number(String text) {
    Matcher matcher = PEAK.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    process.destroyForcibly();
  }
}
