package dev.culvert.bench.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The program {@code bench/link}: one emulated link, which obeys lines on its standard input. */
public final class Main {
  private static final String USAGE =
      """
      usage: bench/link --target HOST:PORT [options]
        --listen PORT     where the link begins, on the loopback interface (default: any free port)
        --delay TIME      from one end to the other, such as 50ms (default: 0ms)
        --rate RATE       such as 200mbit or 1gbit (default: 1gbit)
        --jitter TIME     added to the delay at most; bytes stay in order (default: 0ms)
        --queue SIZE      what waits at most in one direction, such as 512k
                          (default: what the link carries in a round trip, and 64k at least)
        --seed NUMBER     of the jitter (default: 0)
      While it runs it obeys lines on its standard input:
        stall | resume | cut | delay TIME | rate RATE | jitter TIME | queue SIZE\
      """;

  private final Map<String, String> options = new HashMap<>();

  private Main() {
    options.putAll(Map.of("listen", "0", "delay", "0ms", "rate", "1gbit", "jitter", "0ms"));
    options.putAll(Map.of("target", "", "queue", "", "seed", "0"));
  }

  public static void main(String[] args) throws InterruptedException {
    if (args.length == 1 && args[0].equals("--help")) {
      System.out.println(USAGE);
      return;
    }
    Main main = new Main();
    try {
      main.parse(args);
      main.run();
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("bench/link: " + e.getMessage());
      System.err.println("  Run bench/link --help.");
      System.exit(2);
    }
  }

  private void parse(String[] args) {
    for (int i = 0; i < args.length; i += 2) {
      String name = args[i].startsWith("--") ? args[i].substring(2) : "";
      if (!options.containsKey(name)) {
        throw new IllegalArgumentException("unknown option: " + args[i]);
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value");
      }
      options.put(name, args[i + 1]);
    }
  }

  private String option(String name) {
    return options.getOrDefault(name, "");
  }

  private LinkSettings settings() {
    Duration delay = read("delay", Quantity::duration);
    LinkSettings settings =
        LinkSettings.of(delay, read("rate", Quantity::bitsPerSecond))
            .withJitter(read("jitter", Quantity::duration), read("seed", Long::parseLong));
    return option("queue").isEmpty()
        ? settings
        : settings.withQueue(read("queue", Quantity::bytes));
  }

  private interface Reader<T> {
    T read(String text);
  }

  private <T> T read(String name, Reader<T> reader) {
    try {
      return reader.read(option(name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--" + name + ": " + option(name) + " is no number", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--" + name + ": " + e.getMessage(), e);
    }
  }

  private static InetSocketAddress target(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(text + " (expected: HOST:PORT)");
    }
    InetSocketAddress target =
        new InetSocketAddress(
            text.substring(0, colon).replaceAll("[\\[\\]]", ""),
            Integer.parseInt(text.substring(colon + 1)));
    if (target.isUnresolved()) {
      throw new IllegalArgumentException(target.getHostString() + " is not known");
    }
    return target;
  }

  private void run() throws IOException, InterruptedException {
    InetSocketAddress target = read("target", Main::target);
    int port = read("listen", Integer::parseInt);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (LinkEmulator link = LinkEmulator.start(address, target, settings())) {
      PrintStream out = System.out;
      out.println("listening on " + address.getHostString() + ":" + link.address().getPort());
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      String line;
      while ((line = lines.readLine()) != null) {
        out.println(obey(link, line));
      }
      new CountDownLatch(1).await(); // without input it runs until it is killed
    }
  }

  private String obey(LinkEmulator link, String line) {
    String[] words = line.strip().split("\\s+", 2);
    try {
      switch (words[0]) {
        case "stall" -> link.stall();
        case "resume" -> link.resume();
        case "cut" -> link.cut();
        case "delay", "rate", "jitter", "queue" -> {
          String before = option(words[0]);
          options.put(words[0], words.length > 1 ? words[1] : "");
          try {
            link.settings(settings());
          } catch (IllegalArgumentException e) {
            options.put(words[0], before);
            throw e;
          }
        }
        default -> throw new IllegalArgumentException("unknown command: " + line);
      }
      return "ok";
    } catch (IllegalArgumentException e) {
      return "error: " + e.getMessage();
    }
  }
}
