package dev.culvert.bench.training;

import dev.culvert.bench.demo.SampleApp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes the AOT caches of the two packages: a real server and a real client, with visitors between
 * them, each writing its cache when it ends.
 *
 * <p>Arguments: the directory of the package of {@code culvertd}, and of {@code culvert}. Where
 * this cannot be done the programs start without, only slower; so it says why in one line, and
 * exits 0.
 */
public final class Training {
  private static final int ROUNDS = 40;

  private final Program server;
  private final Program client;
  private final Path scratch;

  private Training(Program server, Program client, Path scratch) {
    this.server = server;
    this.client = client;
    this.scratch = scratch;
  }

  public static void main(String[] args) throws IOException {
    Path scratch = Files.createTempDirectory("culvert-training");
    try {
      Program server = new Program("culvertd", Path.of(args[0]), scratch);
      Program client = new Program("culvert", Path.of(args[1]), scratch);
      if (server.hasCache() && client.hasCache()) {
        System.out.println("AOT caches are up to date");
        return;
      }
      new Training(server, client, scratch).run();
      System.out.printf(
          "AOT caches: culvertd %d MB, culvert %d MB%n",
          server.cacheBytes() / 1_000_000, client.cacheBytes() / 1_000_000);
    } catch (IOException | IllegalStateException e) {
      System.out.println("No AOT caches, so the programs start slower: " + e.getMessage());
    } finally {
      delete(scratch);
    }
  }

  private void run() throws IOException {
    String token = firstStart();
    try (SampleApp app =
            SampleApp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Program.Run serving = server.train(Map.of(), serve())) {
      String http = serving.await("visitors +http://NAME\\.localhost:(\\d+)");
      String tunnel = serving.await("clients +localhost:(\\d+)");
      String pin = serving.await("identity +(\\S+)");
      try (Program.Run tunnelling =
          client.train(
              Map.of("CULVERT_AUTHTOKEN", token),
              List.of(
                  "http",
                  Integer.toString(app.address().getPort()),
                  "--server",
                  "localhost:" + tunnel,
                  "--pin",
                  pin))) {
        Visitor visitor =
            new Visitor(Integer.parseInt(http), tunnelling.await("Forwarding http://([^:/]+)"));
        for (int i = 0; i < ROUNDS; i++) {
          visitor.visit();
        }
        tunnelling.end();
      }
      serving.end();
    }
    server.keepCache();
    client.keepCache();
  }

  /** Has keys and a certificate made, as most starts find them made; returns the token. */
  private String firstStart() throws IOException {
    try (Program.Run first = server.start(Map.of(), serve())) {
      String token = first.await("CULVERT_AUTHTOKEN=(\\S+)");
      first.end();
      return token;
    }
  }

  private List<String> serve() {
    return List.of(
        "serve",
        "--state",
        scratch.resolve("server").toString(),
        "--tunnel",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--https",
        "127.0.0.1:0");
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
