package dev.culvert.server.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What outlives the process. */
final class JournalTest {
  private static final URI DIRECTORY = URI.create("https://ca.example.com/dir");
  private static final Plan.Memory MEMORY =
      new Plan.Memory(
          "https://ca.example.com/account/1",
          2,
          HandClock.START,
          List.of(HandClock.START, HandClock.START.plusSeconds(1)),
          List.of(
              new Ticket(
                  List.of("example.com", "*.example.com"),
                  3,
                  ChallengeKind.DNS,
                  HandClock.START.plusMillis(5),
                  "https://ca.example.com/order/1",
                  List.of(new Ticket.TxtRecord("_acme-challenge.example.com", "v")),
                  "00ff"),
              new Ticket(List.of("a.example.com"), 0, null, null, null, List.of(), null)));

  @TempDir private Path state;
  private Path file;

  @BeforeEach
  void name() {
    file = state.resolve("orders.json");
  }

  @Test
  void everythingIsReadBackAsItWas() throws Exception {
    Journal.open(file, DIRECTORY).write(MEMORY);

    assertThat(Journal.open(file, DIRECTORY).memory()).isEqualTo(MEMORY);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void anInterruptDoesNotKeepItFromBeingWritten() throws Exception {
    Journal journal = Journal.open(file, DIRECTORY);
    Thread.currentThread().interrupt();

    journal.write(MEMORY);

    assertThat(Thread.interrupted()).as("the interrupt is passed on").isTrue();
    assertThat(Journal.open(file, DIRECTORY).memory()).isEqualTo(MEMORY);
  }

  @Test
  void withoutAFileThereIsNothing() throws Exception {
    assertThat(Journal.open(file, DIRECTORY).memory()).isEqualTo(Plan.Memory.NOTHING);
    assertThat(file).doesNotExist();
  }

  @Test
  void whatDidNotChangeIsNotWritten() throws Exception {
    Journal journal = Journal.open(file, DIRECTORY);
    journal.write(MEMORY);
    Files.delete(file);

    journal.write(MEMORY);

    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "\u00ff",
        "{\"directory\":\"https://ca.example.com/dir\",\"orders\":[\"today\"]}",
        "{\"directory\":\"https://ca.example.com/dir\",\"certificates\":[{}]}"
      })
  void aDamagedFileIsToldWithTheRemedy(String content) throws Exception {
    Files.writeString(file, content);

    assertThatThrownBy(() -> Journal.open(file, DIRECTORY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("orders.json")
        .hasMessageContaining("move it away");
  }

  @Test
  void aJournalOfAnotherAuthorityIsNotUsed() throws Exception {
    Journal.open(file, DIRECTORY).write(MEMORY);

    assertThatThrownBy(() -> Journal.open(file, URI.create("https://other.example.com/dir")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another authority");
  }
}
