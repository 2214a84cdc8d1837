package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.tls.Identity;
import dev.culvert.tls.PrivateFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code culvertd identity}: what it prints, replaces and refuses. */
final class IdentityCommandTest {
  @TempDir private Path directory;
  private Path state;

  @BeforeEach
  void name() {
    state = directory.resolve("state");
  }

  private CommandLineRun identity(String... words) {
    return CommandLineRun.in(state, "identity", words);
  }

  private static void assertRefused(CommandLineRun run, String problem, String remedy) {
    run.assertTold(2, problem, remedy);
  }

  @Test
  void showPrintsThePinAndTheCommandOfAClient() throws Exception {
    String pin = Identity.loadOrCreate(state).pin();

    CommandLineRun run = identity("show");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().findFirst()).contains(pin);
    assertThat(run.out()).contains("culvert http 3000 --server HOST:7000 --pin " + pin);
  }

  @Test
  void rotateKeepsTheOldPinForAsLongAsItSays() throws Exception {
    String old = Identity.loadOrCreate(state).pin();

    CommandLineRun run = identity("rotate", "--overlap", "7d");

    assertThat(run.exitCode()).isZero();
    String pin = Identity.load(state).pin();
    assertThat(pin).isNotEqualTo(old);
    assertThat(run.out().lines().findFirst()).contains(pin);
    assertThat(run.out()).containsPattern("\\Q" + old + "\\E   replaced, good until \\S+Z\\R");
    assertThat(identity("show").out()).isEqualTo(run.out());
  }

  @Test
  void rotateWithoutOverlapEndsTheOldPinAtOnce() throws Exception {
    String old = Identity.loadOrCreate(state).pin();

    CommandLineRun run = identity("rotate", "--overlap", "0s");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).doesNotContain(old);
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-1d", "3651d", "999999999d"})
  void badOverlapChangesNothing(String overlap) throws Exception {
    String pin = Identity.loadOrCreate(state).pin();

    assertRefused(identity("rotate", "--overlap=" + overlap), "--overlap " + overlap, "d.");

    assertThat(Identity.load(state).pin()).isEqualTo(pin);
  }

  @Test
  void identityIsNotMadeByLookingAtIt() {
    assertRefused(identity("show"), state + ": holds no identity", "culvertd serve");
    assertRefused(identity("rotate"), state + ": holds no identity", "culvertd serve");
    assertThat(state).doesNotExist();
  }

  @Test
  void damagedIdentityIsRefusedAndKept() throws Exception {
    PrivateFile.createDirectory(state);
    Path file = Files.writeString(state.resolve(Identity.FILE), "no PEM");

    assertRefused(identity("show"), file + ": holds no certificate", "Check the files");
    assertRefused(identity("rotate"), file + ": holds no certificate", "Check the files");
    assertThat(file).hasContent("no PEM");
  }
}
