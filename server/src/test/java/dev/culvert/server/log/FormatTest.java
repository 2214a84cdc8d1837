package dev.culvert.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What lines look like, and that nobody writes more than a field of one. */
final class FormatTest {
  /** The combined format as programs read it, and what is behind it. */
  private static final Pattern COMBINED =
      Pattern.compile(
          "(\\S+) (\\S+) (\\S+) \\[([^]]+)] \"((?:[^\"\\\\]|\\\\.)*)\" (\\d+) (\\d+)"
              + " \"((?:[^\"\\\\]|\\\\.)*)\" \"((?:[^\"\\\\]|\\\\.)*)\""
              + " (\\S+) (\\d+) (\\d+) (\\S+) (\\S+)\n");

  private static String line(Format format, Entry entry) {
    String line = format.line(entry);
    if (line == null) {
      throw new AssertionError("no line");
    }
    return line;
  }

  private static JsonObject json(Entry entry) {
    return JsonParser.parseString(line(Format.JSON, entry)).getAsJsonObject();
  }

  @Test
  void requestInJson() {
    assertThat(line(Format.JSON, Entries.request("/a?b=c", "https://x.example/", "curl/8")))
        .isEqualTo(
            "{\"time\":\"2026-11-23T20:04:02.123Z\",\"kind\":\"http\",\"address\":\"192.0.2.7\","
                + "\"host\":\"app.localhost\",\"client\":\"alice/abc123\",\"method\":\"GET\","
                + "\"target\":\"/a?b=c\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"ms\":12,"
                + "\"bytesIn\":3,\"bytesOut\":4567,\"id\":\"0af7651916cd43dd8448eb211c80319c\","
                + "\"referer\":\"https://x.example/\",\"agent\":\"curl/8\"}\n");
  }

  @Test
  void lineThatFail2banLooksForIsNobodysToWrite() {
    Pattern failure =
        Pattern.compile(
            "^\\{[^,]*,\"kind\":\"http\",\"address\":\"([^\"]*)\",.*,\"error\":\"no-such-tunnel\"\\}$");
    String fake = "\",\"error\":\"no-such-tunnel\"}";

    assertThat(line(Format.JSON, Entries.refused("GET", "no.localhost")).strip()).matches(failure);
    assertThat(line(Format.JSON, Entries.request(fake, fake, fake)).strip()).doesNotMatch(failure);
  }

  @Test
  void whatIsMissingIsNotInJson() {
    JsonObject refused = json(Entries.refused("GET", "no.localhost"));

    assertThat(refused.keySet()).doesNotContain("client", "referer", "agent");
    assertThat(refused.get("error").getAsString()).isEqualTo("no-such-tunnel");
  }

  @Test
  void connectionInJson() {
    assertThat(line(Format.JSON, Entries.connection("reset")))
        .isEqualTo(
            "{\"time\":\"2026-11-23T20:04:02.123Z\",\"kind\":\"tcp\",\"address\":\"192.0.2.7\","
                + "\"tunnel\":\"tcp/20000\",\"client\":\"alice/abc123\",\"ms\":1500,"
                + "\"bytesIn\":10,\"bytesOut\":20,\"error\":\"reset\"}\n");
  }

  @Test
  void requestInTheCombinedFormat() {
    assertThat(line(Format.COMBINED, Entries.request("/a?b=c", "https://x.example/", "curl/8 x")))
        .isEqualTo(
            "192.0.2.7 - - [23/Nov/2026:20:04:02 +0000] \"GET /a?b=c HTTP/1.1\" 200 4567"
                + " \"https://x.example/\" \"curl/8 x\""
                + " app.localhost 12 3 0af7651916cd43dd8448eb211c80319c -\n");
    assertThat(line(Format.COMBINED, Entries.refused("POST", "")))
        .isEqualTo(
            "2001:db8::7 - - [23/Nov/2026:20:04:02 +0000] \"POST / HTTP/1.1\" 404 31"
                + " \"-\" \"-\" - 0 0 id no-such-tunnel\n");
  }

  @Test
  void connectionsHaveNoCombinedFormat() {
    assertThat(Format.COMBINED.line(Entries.connection(null))).isNull();
  }

  static Stream<String> hostile() {
    return Stream.of(
        "\n",
        "\r\n6.6.6.6 - - [01/Jan/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
        "\"",
        "\\",
        "\\\"",
        "\" 200 0 \"-\" \"",
        "\",\"address\":\"6.6.6.6",
        "\"}\n{\"address\":\"6.6.6.6\"",
        "\u001b[2J\u001b]0;owned\u0007",
        "\u009b31m",
        "\u0000\u0001\u007f\u0080",
        "\u2028\u2029\u202e\ufeff",
        "\ud83d\ude00 \ud83d",
        "\u00e9\u00ff",
        "${jndi:ldap://x}",
        "%s%n%x",
        "<script>alert(1)</script>",
        " a  b ",
        "-");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void nobodyWritesMoreThanAFieldOfAJsonLine(String text) {
    Entry.Request entry = Entries.request(text, text, text);

    String line = line(Format.JSON, entry);

    assertThat(line).matches("[ -~]*\n");
    JsonObject json = json(entry);
    assertThat(json.get("target").getAsString()).isEqualTo(text);
    assertThat(json.get("referer").getAsString()).isEqualTo(text);
    assertThat(json.get("agent").getAsString()).isEqualTo(text);
    assertThat(json.get("address").getAsString()).isEqualTo("192.0.2.7");
    assertThat(json.size()).isEqualTo(15);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void norOfACombinedLine(String text) {
    String line = line(Format.COMBINED, Entries.request(text, text, text));

    assertThat(line).matches("[ -~]*\n");
    Matcher fields = COMBINED.matcher(line);
    assertThat(fields.matches()).isTrue();
    assertThat(fields.group(1)).isEqualTo("192.0.2.7");
    assertThat(fields.group(5)).matches("GET \\S+ HTTP/1.1");
    assertThat(fields.group(6)).isEqualTo("200");
    assertThat(fields.group(10)).isEqualTo("app.localhost");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void norByTheMethodOrHost(String text) {
    Entry.Request entry = Entries.refused(text, text);

    assertThat(COMBINED.matcher(line(Format.COMBINED, entry)).matches()).isTrue();
    assertThat(json(entry).get("host").getAsString()).isEqualTo(text);
  }

  @Test
  void lineIsBoundedWhateverItsFieldsHold() {
    String endless = "\u001b".repeat(100_000);
    Entry.Request request =
        new Entry.Request(
            Entries.TIME,
            "192.0.2.7",
            endless,
            endless,
            endless,
            endless,
            endless,
            200,
            1,
            2,
            3,
            endless,
            endless,
            endless,
            endless);

    assertThat(line(Format.JSON, request)).hasSizeLessThan(32 * 1024);
    assertThat(line(Format.COMBINED, request)).hasSizeLessThan(32 * 1024);
    assertThat(request.target()).hasSize(Entry.MAX_TEXT + 3).endsWith("...");
    assertThat(line(Format.JSON, Entries.connection(endless))).hasSizeLessThan(4 * 1024);
  }

  @Test
  void queriesAreLeftOutOfTargetAndReferer() {
    Entry.Request request =
        Entries.request("/a?token=x", "https://h/p?token=x", "curl/8").withoutQuery();

    assertThat(request.target()).isEqualTo("/a");
    assertThat(request.referer()).isEqualTo("https://h/p");
    assertThat(request.agent()).isEqualTo("curl/8");
    assertThat(Entries.request("/a", null, null).withoutQuery().referer()).isNull();
  }

  @Test
  void formatsAreReadByTheirNames() {
    assertThat(Format.parse("json")).isEqualTo(Format.JSON);
    assertThat(Format.parse("combined")).isEqualTo(Format.COMBINED);
    assertThatThrownBy(() -> Format.parse("xml")).hasMessageContaining("json or combined");
  }
}
