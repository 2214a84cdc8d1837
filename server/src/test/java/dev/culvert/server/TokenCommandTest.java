package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.token.TokenStore;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code culvertd token}: what it prints, makes and refuses. */
final class TokenCommandTest {
  @TempDir private Path directory;
  private Path state;

  @BeforeEach
  void name() {
    state = directory.resolve("state");
  }

  private CommandLineRun token(String... words) {
    return CommandLineRun.in(state, "token", words);
  }

  private static void assertRefused(CommandLineRun run, String problem, String remedy) {
    run.assertTold(2, problem, remedy);
  }

  @Test
  void createPrintsTheTokenAlone() {
    CommandLineRun run = token("create", "--name", "ann");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+\\R");
  }

  @Test
  void listTellsWhatBecameOfEachAndShowsNoToken() {
    String text = token("create", "--name", "ann").out().strip();
    token("create", "--name", "bob", "--expires", "30d");
    token("create", "--name", "eve");
    token("revoke", "eve");

    CommandLineRun run = token("list");

    assertThat(run.out().lines())
        .hasSize(4)
        .anyMatch(line -> line.matches("\\w{32} +ann +\\S+Z +valid"))
        .anyMatch(line -> line.matches("\\w{32} +bob +\\S+Z +valid until \\S+Z"))
        .anyMatch(line -> line.matches("\\w{32} +eve +\\S+Z +revoked \\S+Z"));
    assertThat(run.out()).doesNotContain(text.substring(0, 20));
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void listTellsWhatATokenAllows() {
    assertThat(
            token(
                    "create",
                    "--name=ann",
                    "--kinds=http",
                    "--names=shop-*,blog",
                    "--domains=*.example.com,proven",
                    "--ports=",
                    "--max-tunnels=3",
                    "--max-rate=50",
                    "--rules=headers,cidr")
                .exitCode())
        .isZero();

    assertThat(token("list").out())
        .contains(
            "valid --kinds=http --names=shop-*,blog --domains=*.example.com,proven --ports="
                + " --max-tunnels=3 --max-rate=50 --rules=cidr,headers");
  }

  @Test
  void narrowTakesAwayAndNeverAdds() {
    token("create", "--name=ann", "--names=shop-*,blog", "--max-streams=10");

    CommandLineRun run = token("narrow", "ann", "--names=shop-1", "--domains=");

    assertThat(run.out())
        .endsWith(" allows --names=shop-1 --domains= --max-streams=10" + System.lineSeparator());
    assertRefused(
        token("narrow", "ann", "--names=shop-*"), "does not allow all", "only be narrowed");
    assertRefused(token("narrow", "ann", "--max-streams=11"), "does not allow all", "narrowed");
    assertRefused(token("narrow", "ann", "--domains=proven"), "does not allow all", "narrowed");
    assertThat(token("narrow", "ann", "--rules=cidr").out()).contains("--rules=cidr");
    assertRefused(token("narrow", "ann", "--rules=filter"), "does not allow all", "narrowed");
    assertThat(token("narrow", "ann", "--rules=").exitCode()).isZero();
    assertRefused(token("narrow", "bob", "--max-streams=1"), "no unrevoked token", "token list");
    assertThat(token("list").out()).contains("--names=shop-1 --domains= --max-streams=10 --rules=");
  }

  @ParameterizedTest
  @CsvSource({
    "--names=a.b, first label",
    "--names=a_b, name pattern",
    "--domains=www, host name",
    "--kinds=ftp, expected: http or tcp",
    "--ports=0-9, port",
    "--ports=x, port range",
    "--rules=oauth, kind of rule: oauth",
    "--max-tunnels=0, from 1 on",
    "--max-streams=many, from 1 on",
  })
  void permissionsThatAreNoneAreRefused(String option, String problem) {
    assertRefused(token("create", "--name=ann", option), problem, "culvertd token create --help");
  }

  @Test
  void rotatePrintsANewTokenOfTheSameId() {
    String first = token("create", "--name=ann", "--names=shop").out();

    String second = token("rotate", "ann").out();

    assertThat(second).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+\\R").isNotEqualTo(first);
    assertThat(token("list").out().lines()).hasSize(2).anyMatch(l -> l.contains("--names=shop"));
    assertRefused(token("rotate", "ann", "--overlap=soon"), "no duration", "1h");
    token("revoke", "ann");
    assertRefused(token("rotate", "ann"), "no unrevoked token", "token list");
  }

  @Test
  void tokenThatExpiresIsNotRotatedIntoOneThatDoesNot() {
    token("create", "--name=ann", "--expires=1d");

    assertRefused(token("rotate", "ann"), "ann expires", "--expires");

    assertThat(token("rotate", "ann", "--expires=2d").exitCode()).isZero();
  }

  @Test
  void tokenTooLongToBeUsedIsNotMade() {
    String names = String.join(",", Collections.nCopies(90, "a".repeat(60)));

    assertRefused(token("create", "--name=ann", "--names=" + names), "characters long", "patterns");
    assertThat(token("create", "--name=ann").exitCode()).isZero();
  }

  @Test
  void revokeTakesTheNameOrTheId() throws Exception {
    token("create", "--name", "ann");
    token("create", "--name", "bob");
    String bob = TokenStore.open(state).list().getLast().id();

    assertThat(token("revoke", "ann").out()).startsWith("revoked ann (");
    assertThat(token("revoke", bob).out()).isEqualToIgnoringNewLines("revoked bob (" + bob + ")");
    assertThat(TokenStore.open(state).countUsable()).isZero();
  }

  @Test
  void revokedTokenIsNotCounted() throws Exception {
    token("create", "--name", "ann");
    token("create", "--name", "bob");

    token("revoke", "ann");

    assertThat(TokenStore.open(state).countUsable()).isOne();
  }

  @Test
  void nameThatIsTakenOrBadIsRefused() {
    token("create", "--name", "ann");

    assertRefused(token("create", "--name", "ann"), "\"ann\" already", "token revoke ann");
    assertRefused(token("create", "--name", "A b"), "token name: \"A b\"", "lower-case");
    assertRefused(token("create"), "--name", "culvertd token create --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "0s", "-1d", "999999999d"})
  void badExpiryIsRefused(String expires) {
    assertRefused(token("create", "--name", "ann", "--expires=" + expires), "", "");
    assertThat(token("create", "--name", "ann").exitCode()).isZero();
  }

  @Test
  void nobodyCannotBeRevoked() {
    token("create", "--name", "ann");

    assertRefused(token("revoke", "nobody"), "\"nobody\"", "culvertd token list");
    assertRefused(token("revoke"), "NAME|ID", "culvertd token revoke --help");
  }

  @Test
  void missingStateIsNotMadeByLookingAtIt() {
    assertRefused(token("list"), state + ": there is no such state directory", "--state");
    assertRefused(token("revoke", "ann"), state + ": there is no such", "--state");
    assertThat(state).doesNotExist();
  }

  @Test
  void directoryWithoutTokensStaysAsItIs() {
    state = directory;

    assertRefused(token("list"), directory + ": no token was ever created here", "--state");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void tokenInThePlaceOfANameIsNotShown() {
    String text = token("create", "--name", "ann").out().strip();

    assertRefused(token("revoke", text), "no unrevoked token has the name or id", "token list");
    for (CommandLineRun run :
        List.of(
            token("revoke", text),
            token("revoke", "ann", text),
            token("create", "--name", text),
            token("create", "--name", "bob", "--expires", text),
            token(text))) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.out() + run.err()).doesNotContain(text.substring(0, 20));
    }
  }
}
