package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** What the machine and the programs are that a race ran on. */
final class Facts {
  /** How each program says its version. */
  private static final List<List<String>> VERSIONS =
      List.of(
          List.of("haproxy", "-v"),
          List.of("frps", "--version"),
          List.of("frpc", "--version"),
          List.of("rathole", "--version"),
          List.of("chisel", "--version"),
          List.of("ssh", "-V"),
          List.of("nginx", "-v"),
          List.of("openssl", "version"));

  private Facts() {}

  /** As a list in Markdown. */
  static String text(Ground ground, List<Contender> contenders) throws InterruptedException {
    StringBuilder text = new StringBuilder();
    line(text, "date", LocalDate.now(ZoneOffset.UTC).toString());
    line(text, "kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    line(text, "processor", processor());
    line(text, "processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    line(
        text,
        "memory",
        read("/proc/meminfo").lines().findFirst().orElse("?").replaceAll(".*: *", ""));
    line(text, "congestion control", read("/proc/sys/net/ipv4/tcp_congestion_control"));
    line(text, "Java", System.getProperty("java.vm.vendor") + " " + Runtime.version());
    for (List<String> command : VERSIONS) {
      line(text, command.getFirst(), version(ground, command));
    }
    for (Contender contender : contenders) {
      String fact = contender.fact();
      if (!fact.isEmpty()) {
        line(text, contender.name(), fact);
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("- ").append(name).append(": ").append(value).append('\n');
  }

  private static String processor() {
    return read("/proc/cpuinfo")
        .lines()
        .filter(line -> line.startsWith("model name"))
        .findFirst()
        .map(line -> line.replaceAll(".*: *", ""))
        .orElse(System.getProperty("os.arch"));
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      return "?";
    }
  }

  private static String version(Ground ground, List<String> command) throws InterruptedException {
    Path program = Programs.find(command.getFirst());
    if (program == null) {
      return "not installed";
    }
    try {
      return shortened(ground.run(program.toString(), command.get(1)));
    } catch (IOException e) {
      return "?";
    }
  }

  /** From the line with a number that looks like a version. */
  static String shortened(String output) {
    return output
        .lines()
        .filter(line -> line.matches(".*\\d+\\.\\d+.*") && !line.contains("Timestamp"))
        .findFirst()
        .orElse("?")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
