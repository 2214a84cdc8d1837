package dev.culvert.client.cli;

import dev.culvert.client.ClientEvent;
import dev.culvert.client.ClientListener;
import dev.culvert.client.local.RequestRecord;
import dev.culvert.tls.PinReplacement;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Writes what happens to a client as lines: the URL, then one line for each request, with the time
 * at which it was over.
 *
 * <p>Lines are written on a thread of its own, which {@link #close} ends; nobody who tells
 * something waits for a terminal. Any thread.
 *
 * <p>What visitors and the server wrote is shown as {@link TerminalText}.
 */
public final class LineLog implements ClientListener, AutoCloseable {
  /** Whether lines are for eyes at a terminal or for a file. */
  enum Style {
    COLOURED,
    PLAIN
  }

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
  private static final int METHOD_COLUMNS = 7;

  /** So that a line with the longest size fits into 80 columns. */
  private static final int PATH_COLUMNS = 32;

  private final LineWriter out;
  private final Style style;

  LineLog(LineWriter out, Style style) {
    this.out = out;
    this.style = style;
  }

  /** A log to {@code out}, coloured where this program runs at a terminal. */
  @SuppressWarnings("SystemConsoleNull") // its contract still allows null
  public static LineLog to(PrintWriter out) {
    Console console = System.console();
    return new LineLog(
        new LineWriter(out),
        console != null && console.isTerminal() ? Style.COLOURED : Style.PLAIN);
  }

  @Override
  public void onEvent(ClientEvent event) {
    switch (event) {
      case ClientEvent.Online online ->
          line("Connected to " + TerminalText.message(online.server()) + " over " + online.tls());
      case ClientEvent.PinReplaced(PinReplacement replacement) ->
          line(
              coloured(Colour.YELLOW, "Warning")
                  + " the server's key was replaced: the pin in use is good until "
                  + replacement.until()
                  + "; give --pin "
                  + replacement.pin()
                  + " by then");
      case ClientEvent.Opened opened -> {
        for (String url : opened.urls()) {
          line(
              "Forwarding "
                  + coloured(Colour.BOLD, TerminalText.message(url))
                  + " -> "
                  + opened.tunnel().target());
        }
      }
      case ClientEvent.Reconnecting r ->
          line(
              coloured(Colour.YELLOW, "Reconnecting")
                  + String.format(
                      Locale.ROOT,
                      " (%d) in %.1f s: %s",
                      r.attempt(),
                      r.delay().toMillis() / 1000.0,
                      TerminalText.message(r.reason())));
      case ClientEvent.Health health ->
          line(
              health.tunnel().target()
                  + (health.isUp()
                      ? " is " + coloured(Colour.GREEN, "well again")
                      : " is "
                          + coloured(Colour.RED, "not well")
                          + ": "
                          + TerminalText.message(health.reason())));
      case ClientEvent.Request(RequestRecord request) -> line(format(request));
      case ClientEvent.Ended ended -> {} // told by the command, with its exit code
    }
  }

  /** Writes a line in its turn. */
  public void line(String text) {
    out.write(text);
  }

  /** Writes what is left, for a moment at most, and ends the thread. */
  @Override
  public void close() {
    out.close();
  }

  private String format(RequestRecord request) {
    String status = request.status() == 0 ? "---" : Integer.toString(request.status());
    return String.format(
        Locale.ROOT,
        "%s  %s %s  %s  %9s  %s%s",
        TIME.format(request.start().plusNanos(request.durationNanos())),
        column(request.method(), METHOD_COLUMNS),
        column(request.target(), PATH_COLUMNS),
        coloured(colourOf(request), TerminalText.padded(status, 3)),
        duration(request.durationNanos()),
        size(request.responseBytes()),
        remark(request));
  }

  private static String remark(RequestRecord request) {
    return switch (request.outcome()) {
      case COMPLETE, UPGRADED -> "";
      case CUT -> "  cut";
      case UNREACHABLE -> "  " + TerminalText.message(request.note());
    };
  }

  private static String column(String text, int columns) {
    String shown = text.isEmpty() ? "-" : TerminalText.printable(text);
    return TerminalText.padded(TerminalText.cut(shown, columns), columns);
  }

  static String duration(long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    long millis = duration.toMillis();
    if (millis < 10) {
      return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
    return millis < 10_000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }

  static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    String[] units = {"kB", "MB", "GB", "TB"};
    double amount = bytes / 1000.0;
    int unit = 0;
    while (amount >= 999.95 && unit < units.length - 1) {
      amount /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", amount, units[unit]);
  }

  private enum Colour {
    BOLD("1"),
    GREEN("32"),
    CYAN("36"),
    YELLOW("33"),
    RED("31");

    private final String code;

    Colour(String code) {
      this.code = code;
    }
  }

  private static Colour colourOf(RequestRecord request) {
    if (request.outcome() == RequestRecord.Outcome.CUT
        || request.outcome() == RequestRecord.Outcome.UNREACHABLE
        || request.status() >= 500) {
      return Colour.RED;
    }
    if (request.status() >= 400) {
      return Colour.YELLOW;
    }
    return request.status() >= 300 ? Colour.CYAN : Colour.GREEN;
  }

  private String coloured(Colour colour, String text) {
    return style == Style.PLAIN ? text : "\u001b[" + colour.code + "m" + text + "\u001b[0m";
  }
}
