package dev.culvert.bench.report;

import dev.culvert.bench.link.LinkEmulator;
import dev.culvert.bench.link.LinkSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * One of Go, in a process that has both ends of a session and obeys lines.
 *
 * @param program from src/test/interop/go-link
 * @param library as the program calls it
 */
record GoContender(Path program, String library, String title) implements Contender {
  @Override
  public Run start(LinkSettings settings) throws Exception {
    Process process =
        new ProcessBuilder(program.toString(), library)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Started started =
        new Started(
            process,
            process.outputWriter(StandardCharsets.UTF_8),
            process.inputReader(StandardCharsets.UTF_8));
    int port = Integer.parseInt(started.answer());
    InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    LinkEmulator link = LinkEmulator.start(target, settings);
    started.ask("connect 127.0.0.1:" + link.address().getPort());
    return new Linked(started, link);
  }

  private record Started(Process process, Writer commands, BufferedReader answers) {
    String answer() throws IOException {
      String line = answers.readLine();
      if (line == null || line.startsWith("error")) {
        throw new IOException("the Go program answered: " + line);
      }
      return line;
    }

    String ask(String command) throws IOException {
      commands.write(command + "\n");
      commands.flush();
      return answer();
    }
  }

  private static long[] numbers(String line) {
    return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  private record Linked(Started started, LinkEmulator link) implements Run {
    @Override
    public long[] bulk(Duration every, int samples) throws Exception {
      return numbers(started.ask("bulk " + every.toNanos() + " " + samples));
    }

    @Override
    public void load(int streams) throws Exception {
      started.ask("load " + streams);
    }

    @Override
    public long[] loadReceived() throws Exception {
      return numbers(started.ask("received"));
    }

    @Override
    public void loadUnread() throws Exception {
      started.ask("unread");
    }

    @Override
    public Latency pingPong(Duration time) throws Exception {
      return Latency.of(numbers(started.ask("pings " + time.toNanos())));
    }

    @Override
    public void close() throws IOException {
      link.close();
      started.process().destroy();
    }
  }
}
