package dev.culvert.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.mux.control.RuleKind;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RegistryTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void fullRegistryForgetsItsOldestUnusableToken() throws Exception {
    List<TokenRecord> records = full();
    records.set(5, records.get(5).revoked(NOW));
    records.set(7, records.get(7).revoked(NOW));

    Registry registry = Registry.of(records).plus(record(Registry.MAX_TOKENS), NOW);

    assertThat(registry.records()).hasSize(Registry.MAX_TOKENS);
    assertThat(registry.byId("5")).isNull();
    assertThat(registry.byId("7")).isNotNull();
  }

  @Test
  void registryFullOfTokensInUseTakesNoMore() {
    Registry registry = Registry.of(full());

    assertThatThrownBy(() -> registry.plus(record(Registry.MAX_TOKENS), NOW))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("10000 tokens in use");
  }

  @Test
  void fullRegistrySurvivesItsFormat() {
    List<TokenRecord> records = full();
    TokenRecord longest =
        new TokenRecord(
            "f".repeat(32),
            "a".repeat(63),
            Permissions.STANDARD,
            9,
            -7,
            NOW,
            NOW,
            NOW.plus(Duration.ofDays(1)),
            NOW);
    records.set(0, longest);

    Registry decoded = RegistryFormat.decode(RegistryFormat.encode(Registry.of(records)));

    assertThat(decoded.records()).isEqualTo(records);
  }

  @Test
  void fieldsAnOlderFileLacksAreAbsent() {
    Registry registry =
        RegistryFormat.decode(
            """
            {"version": 1, "tokens":
              [{"id": "a", "name": "laptop", "createdAt": "2026-01-01T00:00:00Z"}]}
            """);

    assertThat(registry.records())
        .containsExactly(TokenRecord.issued("a", "laptop", Permissions.STANDARD, 0, NOW, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"version\": 1}",
        "{\"version\": 4, \"tokens\": []}",
        "{\"version\": 1, \"tokens\": {}}",
        "{\"version\": 1, \"tokens\": []} []",
        "{\"version\": 1, \"tokens\": [",
        "{\"version\": 1, \"tokens\": [null]}",
        "{\"version\": 1, \"tokens\": [{}]}",
        "{\"version\": 1, \"tokens\": [{\"id\": 1, \"name\": \"a\", \"createdAt\": \"2026\"}]}",
        "{\"version\": 1, \"tokens\": [{\"id\": \"a\", \"name\": \"a\", \"createdAt\": \"x\"}]}",
        "{version: 1, tokens: []}",
      })
  void contentThatIsNoRegistryIsRefused(String json) {
    assertThatThrownBy(() -> RegistryFormat.decode(json))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String withPermissions(int version, String more) {
    return "{\"version\": "
        + version
        + ", \"tokens\": [{\"id\": \"a\", \"name\": \"laptop\", \"permissions\": {\"kinds\": [],"
        + " \"names\": [], \"domains\": [], \"provenDomains\": true, \"ports\": []"
        + more
        + "}, \"generation\": 1, \"keyId\": 7, \"createdAt\": \"2026-01-01T00:00:00Z\"}]}";
  }

  private static Set<RuleKind> rules(String json) {
    return RegistryFormat.decode(json).records().getFirst().permissions().rules();
  }

  @Test
  void rulesThatATokenAllowsAreKeptAndAllWhereNothingIsSaid() {
    Set<RuleKind> some = Set.of(RuleKind.CIDR, RuleKind.BASIC_AUTH);
    Permissions allowed =
        new Permissions(Set.of(), List.of(), List.of(), true, List.of(), 1, 1, 1, some);
    TokenRecord record = TokenRecord.issued("id", "laptop", allowed, 7, NOW, null);

    String json = RegistryFormat.encode(Registry.of(List.of(record)));

    assertThat(json).contains("\"version\": 3").contains("\"basic-auth\",");
    assertThat(rules(json)).isEqualTo(some);
    assertThat(rules(withPermissions(2, ""))).containsExactlyInAnyOrder(RuleKind.values());
    assertThat(rules(withPermissions(3, ""))).containsExactlyInAnyOrder(RuleKind.values());
    assertThat(rules(withPermissions(3, ", \"rules\": []"))).isEmpty();
    assertThatThrownBy(() -> rules(withPermissions(3, ", \"rules\": [\"later\"]")))
        .hasMessageContaining("kind of rule: later");
    assertThatThrownBy(() -> rules(withPermissions(3, ", \"rules\": \"all\"")))
        .hasMessageContaining("no list \"rules\"");
  }

  @Test
  void faultyTokenIsNamedByItsPlaceInTheList() {
    String json =
        """
        {"version": 1, "tokens": [
          {"id": "a", "name": "laptop", "createdAt": "2026-01-01T00:00:00Z"},
          {"id": "b", "name": "Phone", "createdAt": "2026-01-01T00:00:00Z"}]}
        """;

    assertThatThrownBy(() -> RegistryFormat.decode(json))
        .hasMessageContaining("token 2 of the list")
        .hasMessageContaining("\"Phone\"");
  }

  @Test
  void twoTokensWithOneIdAreRefused() {
    String json =
        """
        {"version": 1, "tokens": [
          {"id": "a", "name": "laptop", "createdAt": "2026-01-01T00:00:00Z"},
          {"id": "a", "name": "phone", "createdAt": "2026-01-01T00:00:00Z"}]}
        """;

    assertThatThrownBy(() -> RegistryFormat.decode(json))
        .hasMessageContaining("two tokens with id \"a\"");
  }

  @Test
  void registryTakesNoMoreThanItCanReadAndEveryRevocation(@TempDir Path directory)
      throws Exception {
    RegistryFile file = new RegistryFile(directory);
    int bytesEach = RegistryFormat.encode(Registry.of(withLongLists(100))).length() / 100;
    int most = (int) (RegistryFile.FULL_BYTES / bytesEach) - 1;

    assertThatThrownBy(() -> file.writeLonger(Registry.of(withLongLists(most + 10))))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("of at most");
    file.writeLonger(Registry.of(withLongLists(most)));
    file.write(Registry.of(withLongLists(most).stream().map(token -> token.revoked(NOW)).toList()));

    assertThat(Files.size(directory.resolve("tokens.json"))).isGreaterThan(RegistryFile.FULL_BYTES);
    assertThat(file.read().records()).hasSize(most).allMatch(TokenRecord::isRevoked);
  }

  private static List<TokenRecord> withLongLists(int tokens) {
    List<NamePattern> names =
        IntStream.range(100, 200).mapToObj(i -> new NamePattern("n" + i + "x".repeat(59))).toList();
    Permissions allowed = new Permissions(Set.of(), names, List.of(), false, List.of(), 1, 1, 1);
    return IntStream.range(1000, 1000 + tokens)
        .mapToObj(i -> TokenRecord.issued("id" + i, "name-" + i, allowed, 7, NOW, null))
        .toList();
  }

  private static List<TokenRecord> full() {
    List<TokenRecord> records = new ArrayList<>();
    for (int i = 0; i < Registry.MAX_TOKENS; i++) {
      records.add(record(i));
    }
    return records;
  }

  private static TokenRecord record(int number) {
    return TokenRecord.issued(
        String.valueOf(number), "name-" + number, Permissions.STANDARD, 7, NOW, null);
  }
}
