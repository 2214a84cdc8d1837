package dev.culvert.bench.report;

import dev.culvert.bench.link.LinkSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program {@code bench/link-report}: throughput on long links and latency beside bulk, ours and
 * that of others. It reports and holds nothing to a limit; the simulator does that.
 */
public final class LinkReport {
  private static final LinkSettings WARM_UP = LinkSettings.of(Duration.ofMillis(2), 1_000_000_000);
  private static final String USAGE = "usage: bench/link-report [long | mixed]";

  private LinkReport() {}

  /** Takes the Go program's path, or {@code -} where there is none, and what to report on. */
  public static void main(String[] args) throws Exception {
    String what = args.length == 1 ? "all" : args[1];
    if (args.length > 2 || !List.of("all", "long", "mixed").contains(what)) {
      System.err.println(USAGE);
      System.exit(2);
    }
    Path state = Files.createTempDirectory("culvert-link");
    try {
      report(System.out, contenders(args[0], state), what);
    } finally {
      delete(state);
    }
  }

  private static List<Contender> contenders(String go, Path state) {
    List<Contender> contenders = new ArrayList<>();
    contenders.add(new CulvertContender(null));
    contenders.add(new CulvertContender(state));
    if (!go.equals("-")) {
      Path program = Path.of(go);
      contenders.add(new GoContender(program, "hashicorp", "hashicorp/yamux"));
      contenders.add(new GoContender(program, "libp2p", "libp2p/go-yamux"));
    }
    return contenders;
  }

  private static void report(PrintStream out, List<Contender> contenders, String what)
      throws Exception {
    for (Contender contender : contenders) {
      try (Contender.Run run = contender.start(WARM_UP)) {
        run.bulk(Duration.ofMillis(100), 20);
        run.pingPong(Duration.ofMillis(500));
      }
    }
    if (!what.equals("mixed")) {
      new LongLinks(out).run(contenders);
    }
    if (!what.equals("long")) {
      new MixedLatency(out).run(contenders);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
