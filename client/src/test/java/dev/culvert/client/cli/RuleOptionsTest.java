package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.culvert.client.local.LocalTarget;
import dev.culvert.mux.control.HeaderEdits;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.control.VisitorRules.Rate;
import dev.culvert.tls.PasswordHash;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class RuleOptionsTest {
  private static final String HASH =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;

  /** Something that has the options. */
  @Command
  private static final class Holder {
    @Mixin private RuleOptions rules = new RuleOptions();
  }

  private VisitorRules rules(String target, String... options) throws UsageException {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(options);
    return holder.rules.rules(
        LocalTarget.parse(target, LocalTarget.Scheme.HTTP), settings(), new PrintWriter(err));
  }

  private RuleSettings settings() throws UsageException {
    Map<String, String> own = new HashMap<>(environment);
    own.put("XDG_CONFIG_HOME", directory.toString());
    return new RuleSettings(own, ConfigFile.read(null, own));
  }

  private void configure(String toml) throws IOException {
    Path file = Files.createDirectories(directory.resolve("culvert")).resolve("culvert.toml");
    Files.writeString(file, toml);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /** Everything that can be said, each in another way than by the others. */
  private static VisitorRules everything() {
    RulesDraft draft = new RulesDraft();
    draft.cidrAllow.addAll(List.of("::1", "10.0.0.0/8"));
    draft.cidrDeny.add("10.0.0.1");
    draft.tunnelRate = new Rate(100, 1);
    draft.visitorRate = new Rate(5, 60);
    draft.maxRequests = 7;
    draft.maxBodyBytes = 10_000_000;
    draft.requestHeaders =
        new HeaderEdits(
            List.of("X-Gone"),
            List.of(new HeaderEdits.Field("X-Set", "a, b")),
            List.of(new HeaderEdits.Field("X-Add", "c")));
    draft.responseHeaders =
        new HeaderEdits(
            List.of("Server"),
            List.of(new HeaderEdits.Field("X-Set", "d")),
            List.of(new HeaderEdits.Field("X-Add", "e")));
    draft.hostHeader = "localhost:3000";
    draft.httpsRedirect = true;
    draft.filters.add(VisitorFilter.parse("allow path /a,b"));
    draft.filters.add(VisitorFilter.parse("deny path **"));
    draft.compress = true;
    return draft.finished();
  }

  @Test
  void configurationSaysTheSameAsOptions() throws Exception {
    configure(
        """
        cidr-allow = ["::1", "10.0.0.0/8"]
        cidr-deny = ["10.0.0.1"]
        rate-limit = "100/s"
        visitor-rate-limit = "5/m"
        max-requests = 7
        max-body = "10MB"
        request-header-remove = ["X-Gone"]
        request-header-set = ["X-Set: a, b"]
        request-header-add = ["X-Add: c"]
        response-header-remove = ["Server"]
        response-header-set = ["X-Set: d"]
        response-header-add = ["X-Add: e"]
        host-header = "rewrite"
        https-redirect = true
        filter = ["allow path /a,b", "deny path **"]
        compress = true
        """);

    assertThat(rules("3000")).isEqualTo(everything());
  }

  @Test
  void environmentSaysTheSameAndGoesBeforeTheConfiguration() throws Exception {
    configure("rate-limit = '1/s'\nfilter = ['deny path /x']\ncompress = false\nmax-body = 5\n");
    environment.put("CULVERT_CIDR_ALLOW", "::1, 10.0.0.0/8");
    environment.put("CULVERT_CIDR_DENY", "10.0.0.1");
    environment.put("CULVERT_RATE_LIMIT", " 100/s ");
    environment.put("CULVERT_VISITOR_RATE_LIMIT", "5/m");
    environment.put("CULVERT_MAX_REQUESTS", "7");
    environment.put("CULVERT_MAX_BODY", "10MB");
    environment.put("CULVERT_REQUEST_HEADER_REMOVE", "X-Gone\n");
    environment.put("CULVERT_REQUEST_HEADER_SET", "X-Set: a, b");
    environment.put("CULVERT_REQUEST_HEADER_ADD", "X-Add: c");
    environment.put("CULVERT_RESPONSE_HEADER_REMOVE", "Server");
    environment.put("CULVERT_RESPONSE_HEADER_SET", "X-Set: d");
    environment.put("CULVERT_RESPONSE_HEADER_ADD", "X-Add: e");
    environment.put("CULVERT_HOST_HEADER", "rewrite");
    environment.put("CULVERT_HTTPS_REDIRECT", "true");
    environment.put("CULVERT_FILTER", "\nallow path /a,b\n deny path ** \n");
    environment.put("CULVERT_COMPRESS", "true");

    assertThat(rules("3000")).isEqualTo(everything());
    assertThat(rules("3000", "--rate-limit=3/s").tunnelRate()).isEqualTo(new Rate(3, 1));
    assertThat(rules("3000", "--filter=deny path /y").filters())
        .containsExactly(VisitorFilter.parse("deny path /y"));
    environment.put("CULVERT_MAX_BODY", " ");
    assertThat(rules("3000").maxBodyBytes()).isEqualTo(5);
  }

  @Test
  void passwordsOfTheConfigurationCountWhereNoOthersAreGiven() throws Exception {
    configure("basic-auth = ['carol:" + HASH + "']\nbasic-auth-forward = true\n");

    assertAlone(rules("3000"), "carol", "password");
    assertThat(rules("3000").passAuthorization()).isTrue();
    environment.put("CULVERT_BASIC_AUTH", "alice:" + HASH);
    assertAlone(rules("3000"), "alice", "password");
    environment.put("CULVERT_BASIC_AUTH", " ");
    assertThat(err.toString()).isEmpty();
    Path config = directory.resolve("culvert/culvert.toml");
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r--r--"));
    assertAlone(rules("3000"), "carol", "password");
    assertThat(err.toString()).contains("the configuration", "chmod 600");
    file("dave:" + HASH, "rw-------");
    configure("basic-auth-file = '../passwords'\n");
    assertAlone(rules("3000"), "dave", "password");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "filter = 'deny path /' | filter is no list of texts",
        "cidr-allow = [1] | cidr-allow is no list of texts",
        "compress = 'yes' | compress is neither true nor false",
        "rate-limit = 5 | rate-limit is no text",
        "rate-limit = '5' | rate: 5",
        "max-requests = -1 | --max-requests -1",
        "fliter = [] | unknown key fliter",
        "basic-auth = ['eve:short12'] | basic-auth in the configuration",
      })
  void configurationThatCannotBeIsToldWithoutAPassword(String toml, String message)
      throws Exception {
    configure(toml);

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> rules("3000"))
        .satisfies(e -> {
          assertThat(e.getMessage()).contains(message).doesNotContain("short12");
          assertThat(e.remedy()).isNotBlank();
        });
  }

  @Test
  void truthOfTheEnvironmentIsTrueOrFalse() {
    environment.put("CULVERT_COMPRESS", "yes");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> rules("3000"))
        .withMessage("CULVERT_COMPRESS is neither true nor false");
  }

  private VisitorRules rules(List<String> options) throws UsageException {
    return rules("3000", options.toArray(String[]::new));
  }

  static Stream<Arguments> options() {
    return Stream.of(
        option(draft -> {}),
        option(
            draft -> draft.cidrAllow.addAll(List.of("::1", "10.0.0.0/8")),
            "--cidr-allow=::1",
            "--allow-cidr=10.0.0.0/8"),
        option(
            draft -> draft.cidrAllow.addAll(List.of("::1", "10.0.0.0/8")),
            "--cidr-allow=::1, 10.0.0.0/8"),
        option(
            draft -> draft.cidrDeny.addAll(List.of("::1", "::2")),
            "--cidr-deny=::1",
            "--deny-cidr=::2"),
        option(draft -> draft.tunnelRate = new Rate(100, 1), "--rate-limit=100/s"),
        option(draft -> draft.visitorRate = new Rate(5, 60), "--visitor-rate-limit=5/m"),
        option(draft -> draft.maxRequests = 7, "--max-requests=7"),
        option(draft -> draft.maxBodyBytes = 10 << 20, "--max-body=10MiB"),
        option(
            draft ->
                draft.requestHeaders =
                    new HeaderEdits(
                        List.of("X-Gone", "X-Also"),
                        List.of(new HeaderEdits.Field("X-Set", "a, b")),
                        List.of(new HeaderEdits.Field("X-Add", "c"))),
            "--request-header-remove=X-Gone",
            "--request-header-remove=X-Also",
            "--request-header-set=X-Set: a, b",
            "--request-header-add=X-Add:c"),
        option(
            draft ->
                draft.responseHeaders =
                    new HeaderEdits(
                        List.of("Server"),
                        List.of(new HeaderEdits.Field("X-Set", "a")),
                        List.of(new HeaderEdits.Field("X-Add", "b"))),
            "--response-header-remove=Server",
            "--response-header-set=X-Set: a",
            "--response-header-add=X-Add: b"),
        option(draft -> draft.hostHeader = "localhost:3000", "--host-header=rewrite"),
        option(draft -> {}, "--host-header=preserve"),
        option(draft -> draft.hostHeader = "app.test", "--host-header=app.test"),
        option(draft -> draft.httpsRedirect = true, "--https-redirect"),
        option(
            draft -> {
              draft.filters.add(VisitorFilter.parse("allow path /a,b"));
              draft.filters.add(VisitorFilter.parse("deny path **"));
            },
            "--filter=allow path /a,b",
            "--filter=deny path **"),
        option(draft -> draft.compress = true, "--compress"),
        option(draft -> draft.compress = true, "--compression"));
  }

  private static Arguments option(Consumer<RulesDraft> change, String... options) {
    RulesDraft draft = new RulesDraft();
    change.accept(draft);
    return Arguments.of(List.of(options), draft.finished());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("options")
  void optionsSayWhatTheRulesAre(List<String> options, VisitorRules expected)
      throws UsageException {
    assertThat(rules(options)).isEqualTo(expected);
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "3000, localhost:3000",
    "http://web, web",
    "http://web:80, web",
    "https://web, web",
    "https://web:80, web:80",
    "http://[::1]:3000, [::1]:3000",
    "my_app:3000, my_app:3000",
  })
  void rewrittenHostIsWhatOneWouldAskTheAppFor(String target, String host) throws UsageException {
    assertThat(rules(target, "--host-header=rewrite").hostHeader()).isEqualTo(host);
  }

  private static void assertAlone(VisitorRules rules, String user, String password) {
    assertThat(rules.basicAuth()).hasSize(1);
    assertThat(rules.basicAuth().getFirst().user()).isEqualTo(user);
    assertThat(PasswordHash.parse(rules.basicAuth().getFirst().hash().reveal()).matches(password))
        .isTrue();
  }

  @Test
  void passwordOfTheCommandLineIsHashedAndWarnedOf() throws UsageException {
    VisitorRules rules = rules("3000", "--basic-auth", "alice:pass:word");

    assertAlone(rules, "alice", "pass:word");
    assertThat(err.toString())
        .startsWith("culvert: a password on the command line can be read by other users")
        .doesNotContain("pass:word");
  }

  @Test
  void hashOfTheCommandLineIsTakenAsItIs() throws UsageException {
    VisitorRules rules = rules("3000", "--basic-auth", "alice:" + HASH, "--basic-auth-forward");

    assertAlone(rules, "alice", "password");
    assertThat(rules.passAuthorization()).isTrue();
    assertThat(err.toString()).isEmpty();
  }

  private Path file(String content, String mode) throws IOException {
    Path file = Files.writeString(directory.resolve("passwords"), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void passwordsOfAFileAreOneALine() throws Exception {
    Path file = file("# ours\n\n  bob:" + HASH + "  \r\n", "rw-------");

    assertAlone(rules("3000", "--basic-auth-file=" + file), "bob", "password");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void fileAndCommandLineGoTogether() throws Exception {
    Path file = file("bob:" + HASH, "rw-------");
    environment.put("CULVERT_BASIC_AUTH", "eve:" + HASH);

    assertThat(rules("3000", "--basic-auth=alice:" + HASH, "--basic-auth-file=" + file).basicAuth())
        .extracting(VisitorRules.Credential::user)
        .containsExactly("alice", "bob");
  }

  @Test
  void fileThatOthersMayReadIsWarnedOf() throws Exception {
    Path file = file("bob:" + HASH, "rw-r--r--");

    assertThat(rules("3000", "--basic-auth-file=" + file).basicAuth()).hasSize(1);
    assertThat(err.toString()).contains("the password file").contains("chmod 600");
  }

  @Test
  void passwordsOfTheEnvironmentCountWhereNoOthersAreGiven() throws UsageException {
    environment.put("CULVERT_BASIC_AUTH", "alice:" + HASH);

    assertAlone(rules("3000"), "alice", "password");
    assertAlone(rules("3000", "--basic-auth=bob:" + HASH), "bob", "password");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--basic-auth=alice",
        "--basic-auth=:password",
        "--basic-auth=alice:",
        "--basic-auth=alice:short12",
        "--basic-auth=alice:tab\tinside",
        "--basic-auth=alice:$argon2id$v=19$m=999999,t=2,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "--basic-auth-forward",
        "--cidr-allow=10.0.0.0/33",
        "--cidr-deny=everybody",
        "--rate-limit=fast",
        "--visitor-rate-limit=0/s",
        "--max-requests=0",
        "--max-requests=many",
        "--max-body=0",
        "--max-body=10TB",
        "--request-header-add=X-Name",
        "--request-header-set=Host: a",
        "--request-header-remove=Content-Length",
        "--response-header-add=Culvert-Error: a",
        "--response-header-set=X-Name: a\nb",
        "--response-header-remove=Transfer-Encoding",
        "--host-header=a b",
        "--host-header=",
        "--filter=deny",
        "--filter=deny path /a 200",
      })
  void optionThatCannotBeIsToldWithoutAPassword(String option) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> rules("3000", option))
        .satisfies(e -> {
          assertThat(e.getMessage()).doesNotContain("short12", "inside", "c29tZ").isNotBlank();
          assertThat(e.remedy()).isNotBlank();
        });
  }

  @Test
  void userIsGivenOnce() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> rules("3000", "--basic-auth=a:" + HASH, "--basic-auth=a:" + HASH))
        .withMessage("users: expected each of them once");
  }

  @Test
  void fileWithoutAPasswordIsTold() throws Exception {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> rules("3000", "--basic-auth-file=" + file(" \n", "rw-------")))
        .withMessageEndingWith("holds no password");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> rules("3000", "--basic-auth-file=" + directory.resolve("none")))
        .withMessageContaining("cannot read the password file");
  }
}
