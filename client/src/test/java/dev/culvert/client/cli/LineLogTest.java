package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.client.ClientEvent;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.cli.LineLog.Style;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.client.local.RequestRecord;
import dev.culvert.client.local.RequestRecord.Outcome;
import dev.culvert.tls.NegotiatedTls;
import dev.culvert.tls.PinReplacement;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LineLogTest {
  private static final String TIME = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3}";
  private static final TunnelSpec TUNNEL =
      TunnelSpec.http(new LocalTarget(LocalTarget.Scheme.HTTP, "localhost", 3000));

  private static String logged(Style style, ClientEvent event) {
    StringWriter text = new StringWriter();
    LineWriter lines = new LineWriter(new PrintWriter(text));
    try (LineLog log = new LineLog(lines, style)) {
      log.onEvent(event);
    }
    joined(lines);
    return text.toString();
  }

  private static void joined(LineWriter lines) {
    try {
      lines.thread().join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static RequestRecord request(String method, String target, int status) {
    return new RequestRecord(
        1, Instant.EPOCH, method, target, status, 19_000_000, 9_900, Outcome.COMPLETE, "");
  }

  private static String line(RequestRecord request) {
    String text = logged(Style.PLAIN, new ClientEvent.Request(request));
    assertThat(text).endsWith(System.lineSeparator());
    return text.stripTrailing();
  }

  @Test
  void healthOfAServiceIsALineWhenItChanges() {
    assertThat(
            logged(
                Style.PLAIN, new ClientEvent.Health(TUNNEL, false, "it answered\u0007 with 503")))
        .startsWith("http://127.0.0.1:3000 is not well: it answered")
        .contains("with 503")
        .doesNotContain("\u0007");
    assertThat(logged(Style.PLAIN, new ClientEvent.Health(TUNNEL, true, "")))
        .startsWith("http://127.0.0.1:3000 is well again");
  }

  @Test
  void requestIsOneLine() {
    assertThat(line(request("GET", "/", 200)))
        .matches(TIME + "  GET     / {31}  200      19 ms  9\\.9 kB");
  }

  @Test
  void columnsStandBelowEachOther() {
    String first = line(request("GET", "/", 200));

    for (String method : new String[] {"GET", "OPTIONS", "PROPPATCH", "M".repeat(60_000)}) {
      for (String path : new String[] {"/", "/a".repeat(16), "*", "/a".repeat(20)}) {
        assertThat(line(request(method, path, 0)).indexOf(" ms")).isEqualTo(first.indexOf(" ms"));
      }
    }
    assertThat(line(request("GET", "/日本", 200)).indexOf(" ms")).isEqualTo(first.indexOf(" ms") - 2);
  }

  @Test
  void timeIsThatOfTheRequestsEnd() {
    RequestRecord late =
        new RequestRecord(
            1, Instant.EPOCH, "GET", "/", 200, 83_456_000_000L, 5, Outcome.COMPLETE, "");

    assertThat(line(late)).matches("\\d\\d:\\d\\d:23\\.456 .*");
  }

  @Test
  void longPathIsCut() {
    String line = line(request("GET", "/" + "x".repeat(100_000), 200));

    assertThat(line).hasSizeLessThanOrEqualTo(80).contains("/" + "x".repeat(28) + "...  200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[2J\u001b[31mred",
        "a\r\n12:00:00.000  GET     /forged",
        "\u009b31m",
        "\u001b]0;title\u0007",
        "\u202eevil",
        "\u2028next"
      })
  void whatAVisitorWroteCannotActOnTheTerminal(String text) {
    String line = line(request(text, "/" + text, 200));

    assertThat(line).doesNotContainPattern("[\\p{Cntrl}\\p{Cf}\\u2028]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u001b[2J\n\u202efake", "https://a.example\r\nForwarding https://b"})
  void whatTheServerWroteCannotActOnTheTerminal(String text) {
    String opened = logged(Style.PLAIN, new ClientEvent.Opened(TUNNEL, List.of(text)));
    String reconnecting =
        logged(Style.PLAIN, new ClientEvent.Reconnecting(text, 3, Duration.ofMillis(1500)));

    assertThat(opened.stripTrailing()).doesNotContainPattern("[\\p{Cntrl}\\p{Cf}]");
    assertThat(reconnecting.stripTrailing())
        .startsWith("Reconnecting (3) in 1.5 s: ")
        .doesNotContainPattern("[\\p{Cntrl}\\p{Cf}]");
  }

  @Test
  void endlessReasonIsCut() {
    String text =
        logged(
            Style.PLAIN,
            new ClientEvent.Reconnecting("x".repeat(65_536), 1, Duration.ofMillis(500)));

    assertThat(text).hasSizeLessThan(400);
  }

  @Test
  void replacedPinIsAWarningWithTheNewOneAndTheEndOfTheOld() {
    PinReplacement replacement =
        new PinReplacement("sha256/new", Instant.parse("2026-12-24T12:00:00Z"));

    assertThat(logged(Style.PLAIN, new ClientEvent.PinReplaced(replacement)))
        .startsWith("Warning")
        .contains("until 2026-12-24T12:00:00Z", "--pin sha256/new")
        .hasLineCount(1);
  }

  @Test
  void connectionNamesTheServerAndItsKeyExchange() {
    NegotiatedTls tls = new NegotiatedTls("TLSv1.3", "TLS_X", "X25519MLKEM768", true);

    assertThat(logged(Style.PLAIN, new ClientEvent.Online("culvertd\u001b[2J 1", tls)))
        .startsWith("Connected to culvertd")
        .contains(" 1 over TLSv1.3, X25519MLKEM768, resumed")
        .doesNotContain("\u001b")
        .hasLineCount(1);
  }

  @Test
  void forwardingNamesTheUrlAndTheTarget() {
    assertThat(
            logged(
                Style.PLAIN, new ClientEvent.Opened(TUNNEL, List.of("https://a.b", "http://a.b"))))
        .isEqualToNormalizingNewlines(
            """
            Forwarding https://a.b -> http://127.0.0.1:3000
            Forwarding http://a.b -> http://127.0.0.1:3000
            """);
  }

  @ParameterizedTest
  @CsvSource({"200, 32", "302, 36", "404, 33", "500, 31"})
  void statusIsColouredAtATerminalOnly(int status, int colour) {
    ClientEvent event = new ClientEvent.Request(request("GET", "/", status));

    assertThat(logged(Style.COLOURED, event))
        .contains("\u001b[" + colour + "m" + status + "\u001b[0m");
    assertThat(logged(Style.PLAIN, event)).doesNotContain("\u001b");
  }

  @Test
  void cutRequestIsMarked() {
    RequestRecord cut =
        new RequestRecord(1, Instant.EPOCH, "GET", "/", 0, 1_000_000, 5, Outcome.CUT, "reset");

    assertThat(line(cut)).contains("  ---  ").endsWith("5 B  cut");
  }

  @Test
  void reasonOfAnUnreachableServiceStandsBehindItsRequest() {
    assertThat(line(unreachable("GET", "/x", 502)))
        .matches(TIME + "  GET     /x {30}  502     1\\.0 ms  0 B  no\\? one there");
    assertThat(line(unreachable("", "", 502)))
        .matches(TIME + "  -       - {31}  502     1\\.0 ms  0 B  no\\? one there");
    assertThat(line(unreachable("TCP", "203.0.113.9:4711", 0)))
        .matches(TIME + "  TCP     203.0.113.9:4711 {16}  ---     1\\.0 ms  0 B  no\\? one there");
  }

  private static RequestRecord unreachable(String method, String target, int status) {
    return new RequestRecord(
        1,
        Instant.EPOCH,
        method,
        target,
        status,
        1_000_000,
        0,
        Outcome.UNREACHABLE,
        "no\u001b one there");
  }

  @Test
  void numbersAreTheSameInEveryLanguage() {
    Locale before = Locale.getDefault();
    try {
      for (String language : new String[] {"de-DE", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva"}) {
        Locale.setDefault(Locale.forLanguageTag(language));

        assertThat(line(request("GET", "/", 200))).endsWith("200      19 ms  9.9 kB");
        assertThat(LineLog.duration(1_500_000)).isEqualTo("1.5 ms");
        assertThat(LineLog.duration(15_000_000_000L)).isEqualTo("15.0 s");
        assertThat(
                logged(
                    Style.PLAIN, new ClientEvent.Reconnecting("lost", 12, Duration.ofMillis(1500))))
            .startsWith("Reconnecting (12) in 1.5 s: lost");
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "999949, 999.9 kB",
    "999950, 1.0 MB",
    "67108864, 67.1 MB",
    "9223372036854775807, 9223372.0 TB"
  })
  void sizesAreShort(long bytes, String text) {
    assertThat(LineLog.size(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0 ms", "3100000, 3.1 ms", "10000000, 10 ms", "9999999999, 9999 ms"})
  void durationsAreShort(long nanos, String text) {
    assertThat(LineLog.duration(nanos)).isEqualTo(text);
  }
}
