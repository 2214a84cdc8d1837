package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.culvert.server.LoggedLines;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RulesWatchTest {
  private static final String CLOSED = "[[rules]]\nhost = '**'\ncidr-deny = ['0.0.0.0/0']\n";
  private static final String OPEN = "[[rules]]\nhost = '**'\ncidr-deny = ['10.0.0.0/8']\n";

  @TempDir private Path directory;
  private Path file = Path.of("");
  private final RuleBook book = new RuleBook(() -> 443);

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("rules.toml"), CLOSED);
  }

  @AfterEach
  void close() {
    book.close();
  }

  private boolean isOpen() throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    book.check(
        Gate.OPEN,
        new VisitorRequest(
            "a",
            "https",
            "/",
            EmptyHttpHeaders.INSTANCE,
            InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
            false),
        Runnable::run,
        verdicts::add);
    return verdicts.getFirst() instanceof Verdict.Passed;
  }

  @Test
  void fileThatOthersMayChangeIsWarnedOf() throws Exception {
    LoggedLines said = new LoggedLines("dev.culvert.server.rules");
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      RulesWatch watch = RulesWatch.open(file);
      assertThat(said.lines()).isEmpty();

      Files.writeString(file, OPEN);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
      watch.reloadIfChanged();

      assertThat(said.lines())
          .anyMatch(line -> line.contains("rw-rw-r--") && line.contains("go-w"));
    } finally {
      said.close();
    }
  }

  @Test
  void rulesOfTheFileAreInForceAndFollowIt() throws Exception {
    RulesWatch watch = RulesWatch.open(file);
    watch.guide(book);
    assertThat(isOpen()).isFalse();

    Files.writeString(file, OPEN);
    watch.reloadIfChanged();

    assertThat(isOpen()).isTrue();
  }

  @Test
  void badFileLeavesTheRulesAsTheyWereUntilItIsGoodAgain() throws Exception {
    RulesWatch watch = RulesWatch.open(file);
    watch.guide(book);
    Files.writeString(file, "[[rules]]\nhots = 'a'\n");

    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(watch::reloadIfChanged)
          .withMessage(file + ": the rules stay as they were")
          .havingCause()
          .withMessage(file + ":2:1: unknown key hots, did you mean host?");
      assertThat(isOpen()).isFalse();
    }
    Files.writeString(file, OPEN);
    watch.reloadIfChanged();
    assertThat(isOpen()).isTrue();
  }

  @Test
  void fileThatIsGoneLeavesTheRulesAsTheyWere() throws Exception {
    RulesWatch watch = RulesWatch.open(file);
    watch.guide(book);
    Files.delete(file);

    assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(watch::reloadIfChanged);

    assertThat(isOpen()).isFalse();
  }

  @Test
  void fileThatDoesNotChangeIsNotReadAgain() throws Exception {
    RulesWatch watch = RulesWatch.open(file);
    watch.guide(book);
    book.replaceHostRules(List.of());

    watch.reloadIfChanged();
    assertThat(isOpen()).isTrue();

    Files.writeString(file, OPEN);
    watch.reloadIfChanged();
    assertThat(book.hostRules()).isEqualTo(1);
    book.replaceHostRules(List.of());
    watch.reloadIfChanged();
    assertThat(book.hostRules()).isZero();
  }

  @Test
  void badFileIsNotOpened() throws Exception {
    Files.writeString(file, "[[rules]]\n");

    assertThatIOException()
        .isThrownBy(() -> RulesWatch.open(file))
        .withMessageStartingWith(file + ":1:1: expected host");
    assertThatIOException().isThrownBy(() -> RulesWatch.open(directory.resolve("missing")));
  }
}
