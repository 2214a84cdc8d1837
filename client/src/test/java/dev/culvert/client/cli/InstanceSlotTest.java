package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.culvert.mux.control.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstanceSlotTest {
  @TempDir private Path parent;
  private Path directory = Path.of("");

  @BeforeEach
  void chooseADirectory() {
    directory = parent.resolve("culvert").resolve("instances");
  }

  private Secret takeAndGiveBack(String command) throws IOException {
    try (InstanceSlot slot = InstanceSlot.take(directory, command)) {
      return slot.secret();
    }
  }

  @Test
  void sameCommandGetsTheSameSecretAgainAndAnotherOneAnother() throws Exception {
    Secret secret = takeAndGiveBack("a");

    assertThat(secret.reveal()).matches("[0-9a-f]{32}");
    assertThat(takeAndGiveBack("a")).isEqualTo(secret);
    assertThat(takeAndGiveBack("b")).isNotEqualTo(secret);
  }

  @Test
  void secondClientAtTheSameTimeGetsTheNextSlot() throws Exception {
    Secret first;
    Secret second;
    try (InstanceSlot one = InstanceSlot.take(directory, "a");
        InstanceSlot two = InstanceSlot.take(directory, "a")) {
      first = one.secret();
      second = two.secret();
    }

    assertThat(second).isNotEqualTo(first);
    try (InstanceSlot one = InstanceSlot.take(directory, "a");
        InstanceSlot two = InstanceSlot.take(directory, "a")) {
      assertThat(List.of(one.secret(), two.secret())).containsExactly(first, second);
    }
  }

  @Test
  void lockFileThatACrashLeftBehindLocksNothing() throws Exception {
    Secret secret = takeAndGiveBack("a");

    assertThat(directory).isDirectoryContaining("glob:**-0.lock");
    assertThat(takeAndGiveBack("a")).isEqualTo(secret);
    assertThat(directory).isDirectoryNotContaining("glob:**-1*");
  }

  @Test
  void damagedSecretIsReplaced() throws Exception {
    Secret secret = takeAndGiveBack("a");
    Path file = secretFile();
    for (byte[] damage : List.of(new byte[0], new byte[] {'c', 'u', 't'}, new byte[] {-1, -2})) {
      Files.write(file, damage);

      Secret other = takeAndGiveBack("a");

      assertThat(other.reveal()).matches("[0-9a-f]{32}").isNotEqualTo(secret.reveal());
      assertThat(Files.readString(file).strip()).isEqualTo(other.reveal());
    }
  }

  private Path secretFile() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !file.toString().endsWith(".lock")).findFirst().orElseThrow();
    }
  }

  @Test
  void onlyTheOwnerMayUseTheFiles() throws Exception {
    takeAndGiveBack("a");

    assertThat(modes(directory)).isEqualTo("rwx------");
    assertThat(modes(parent.resolve("culvert"))).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(2).allSatisfy(f -> assertThat(modes(f)).isEqualTo("rw-------"));
    }
  }

  private static String modes(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void thereIsABoundOnClientsAtATime() throws Exception {
    List<InstanceSlot> taken = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      taken.add(InstanceSlot.take(directory, "a"));
    }

    assertThat(taken.stream().map(InstanceSlot::secret)).doesNotHaveDuplicates();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> InstanceSlot.take(directory, "a"))
        .withMessageStartingWith("64 clients");
    for (InstanceSlot slot : taken) {
      slot.close();
    }
  }

  @Test
  void directoryThatCannotBeMadeIsAFailure() throws Exception {
    Files.writeString(parent.resolve("culvert"), "a file");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> InstanceSlot.take(directory, "a"));
  }
}
