package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.culvert.mux.control.HeaderEdits;
import dev.culvert.mux.control.RuleKind;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.mux.control.VisitorRules.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RulesFileTest {
  @TempDir private Path directory;

  private List<HostRules> read(String text) throws IOException {
    return RulesFile.read(Files.writeString(directory.resolve("rules.toml"), text));
  }

  @Test
  void everyRuleCanBeGiven() throws Exception {
    RulesDraft draft = new RulesDraft();
    draft.basicAuth.add(new Credential("alice", new Secret(PasswordChecksTest.HASH)));
    draft.passAuthorization = true;
    draft.cidrAllow.addAll(List.of("192.0.2.0/24", "::1"));
    draft.cidrDeny.add("192.0.2.1");
    draft.tunnelRate = new Rate(100, 1);
    draft.visitorRate = new Rate(60, 60);
    draft.maxRequests = 50;
    draft.maxBodyBytes = 10_000_000;
    draft.requestHeaders =
        new HeaderEdits(
            List.of("X-Gone"),
            List.of(new HeaderEdits.Field("X-Set", "a")),
            List.of(new HeaderEdits.Field("X-Add", "b")));
    draft.responseHeaders =
        new HeaderEdits(
            List.of("Server"),
            List.of(new HeaderEdits.Field("X-Set", "c")),
            List.of(new HeaderEdits.Field("X-Add", "d")));
    draft.hostHeader = "localhost";
    draft.httpsRedirect = true;
    draft.filters.add(VisitorFilter.parse("deny path /admin/** 404"));
    draft.compress = true;
    VisitorRules expected = draft.finished();

    List<HostRules> read =
        read(
            """
            [[rules]]
            host = "*.example.com"
            basic-auth = ["alice:%s"]
            basic-auth-forward = true
            cidr-allow = ["192.0.2.0/24", "::1"]
            cidr-deny = ["192.0.2.1"]
            rate-limit = "100/s"
            visitor-rate-limit = "60/m"
            max-requests = 50
            max-body = "10MB"
            request-header-remove = ["X-Gone"]
            request-header-set = ["X-Set: a"]
            request-header-add = ["X-Add: b"]
            response-header-remove = ["Server"]
            response-header-set = ["X-Set: c"]
            response-header-add = ["X-Add: d"]
            host-header = "localhost"
            https-redirect = true
            filter = ["deny path /admin/** 404"]
            compress = true

            [[rules]]
            host = "**"
            https-redirect = false
            """
                .formatted(PasswordChecksTest.HASH));

    assertThat(read)
        .containsExactly(
            new HostRules("*.example.com", expected), new HostRules("**", VisitorRules.NONE));
    assertThat(expected.kinds()).isEqualTo(EnumSet.allOf(RuleKind.class));
  }

  @Test
  void fileWithoutSectionsHasNoRules() throws Exception {
    assertThat(read("")).isEmpty();
    assertThat(read("# nothing yet\n")).isEmpty();
  }

  /** Each behind a line {@code [[rules]]} and a line with a host. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "cidr-alow = []|3:1: unknown key cidr-alow, did you mean cidr-allow?",
        "fliter = []|3:1: unknown key fliter, did you mean filter?",
        "[rules.x]|3:1: unknown key x, did you mean",
        "cidr-allow = '::1'|3:1: cidr-allow: expected a list such as",
        "cidr-allow = ['::1', 'x']|3:22: cidr-allow: address block: x (expected:",
        "cidr-deny = [7]|3:14: cidr-deny: expected texts in quotes",
        "basic-auth = ['alice']|3:15: basic-auth: expected USER:$argon2id$",
        "basic-auth = ['alice:password']|3:15: basic-auth: hash: expected one such as $argon2id$",
        "basic-auth = ['alice:$argon2id$x']|1:1: password hash: expected $argon2id$v=19",
        "basic-auth-forward = 'yes'|3:1: basic-auth-forward: expected true or false",
        "rate-limit = 100|3:1: rate-limit: expected a text in quotes",
        "rate-limit = '100'|3:1: rate-limit: rate: 100 (expected:",
        "visitor-rate-limit = '1/d'|3:1: visitor-rate-limit: rate: 1/d (expected:",
        "max-requests = 0|3:1: max-requests: expected a number from 1 to 1000000",
        "max-requests = '5'|3:1: max-requests: expected a number from 1",
        "max-body = 5|3:1: max-body: expected a text in quotes",
        "max-body = '5TB'|3:1: max-body: size: 5TB (expected:",
        "request-header-set = ['Host: x']|3:23: request-header-set: header Host: it is not",
        "response-header-remove = ['Culvert-Error']|3:27: response-header-remove: header Culvert",
        "host-header = 'a b'|1:1: host header: expected",
        "https-redirect = 1|3:1: https-redirect: expected true or false",
        "filter = ['deny']|3:11: filter: filter: deny (expected:",
        "compress = = true|3:12: unexpected text, expected",
        "x y|3:3: unexpected text, expected",
        "[[rules]]|3:1: expected host = \"...\" in this section",
        "[other]|3:1: unknown key other, did you mean rules?",
      })
  void mistakeIsToldWithItsPlace(String line, String expected) {
    String text = "[[rules]]\nhost = 'shop.example.com'\n" + line + "\n";

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read(text))
        .withMessageStartingWith(directory.resolve("rules.toml") + ":" + expected);
  }

  @ParameterizedTest
  @CsvSource({"''", "'a b'", "'[a]'", "'http://a'", "7"})
  void hostThatIsNoneIsTold(String host) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("[[rules]]\nhost = " + (host.equals("7") ? "7" : "'" + host + "'")))
        .withMessageContaining(":2:1: ");
  }

  @Test
  void hashIsNotShown() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("[[rules]]\nhost = 'a'\nbasic-auth = [ a:$argon2id$v=19$m=8 ]\n"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("$v=19"));
  }

  @Test
  void rulesThatAreNoSectionsAreTold() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("rules = 7"))
        .withMessageContaining(":1:1: expected at most 200 sections [[rules]]");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("rules = [7]"))
        .withMessageContaining(":1:10: expected a section [[rules]]");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("[[rules]]\nhost = 'a'\n".repeat(201)))
        .withMessageContaining("expected at most 200 sections");
  }

  @Test
  void fileThatIsTooLongIsNotRead() throws Exception {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("#".repeat((1 << 20) + 1)))
        .withMessageEndingWith("expected at most 1048576 bytes");
    assertThat(read("#".repeat(1 << 20))).isEmpty();
  }
}
