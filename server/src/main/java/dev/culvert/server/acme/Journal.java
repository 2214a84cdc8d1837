package dev.culvert.server.acme;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import dev.culvert.server.acme.Ticket.TxtRecord;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file in which a {@link Plan}'s memory outlives the server: orders under way, failed tries and
 * when they may be repeated. One thread; every write replaces it whole.
 */
final class Journal {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** The file as it stands; times as text for people, and nothing sure to be there. */
  private record Content(
      @Nullable String directory,
      @Nullable String account,
      int authorityFailures,
      @Nullable String authorityRetryAt,
      @Nullable List<String> orders,
      @Nullable List<Line> certificates) {}

  private record Line(
      @Nullable List<String> names,
      int failures,
      @Nullable ChallengeKind tried,
      @Nullable String retryAt,
      @Nullable String order,
      @Nullable List<TxtRecord> records,
      @Nullable String certificate) {

    Ticket toTicket() {
      if (names == null || names.isEmpty()) {
        throw new JsonParseException("a certificate without a name");
      }
      return new Ticket(
          names,
          failures,
          tried,
          instant(retryAt),
          order,
          records == null ? List.of() : records,
          certificate);
    }
  }

  private final Path file;
  private final URI directory;
  private Plan.Memory written;

  private Journal(Path file, URI directory, Plan.Memory written) {
    this.file = file;
    this.directory = directory;
    this.written = written;
  }

  /**
   * Reads the journal of orders at {@code directory}, which need not exist.
   *
   * @throws IOException with the remedy, where the file is unreadable or damaged
   */
  static Journal open(Path file, URI directory) throws IOException {
    if (!Files.exists(file)) {
      return new Journal(file, directory, Plan.Memory.NOTHING);
    }
    try {
      Content content = GSON.fromJson(Files.readString(file), Content.class);
      if (content == null || !directory.toString().equals(content.directory)) {
        throw new IOException(file + ": is of another authority; move it away to start anew");
      }
      return new Journal(file, directory, memory(content));
    } catch (JsonParseException
        | DateTimeException
        | NullPointerException
        | CharacterCodingException e) {
      throw new IOException(file + ": is damaged; move it away to start anew", e);
    }
  }

  private static Plan.Memory memory(Content content) {
    return new Plan.Memory(
        content.account,
        content.authorityFailures,
        instant(content.authorityRetryAt),
        content.orders == null ? List.of() : content.orders.stream().map(Instant::parse).toList(),
        content.certificates == null
            ? List.of()
            : content.certificates.stream().map(Line::toTicket).toList());
  }

  private static @Nullable Instant instant(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  /** What was read or written last. */
  Plan.Memory memory() {
    return written;
  }

  /** Writes {@code memory} down where it has changed. */
  void write(Plan.Memory memory) throws IOException {
    if (memory.equals(written)) {
      return;
    }
    Content content =
        new Content(
            directory.toString(),
            memory.account(),
            memory.authorityFailures(),
            text(memory.authorityRetryAt()),
            memory.orders().stream().map(Instant::toString).toList(),
            memory.tickets().stream().map(Journal::line).toList());
    replace((GSON.toJson(content) + "\n").getBytes(StandardCharsets.UTF_8));
    written = memory;
  }

  /** An interrupt, by which the server ends, does not keep the last word from being written. */
  private void replace(byte[] content) throws IOException {
    try {
      PrivateFile.write(file, content);
    } catch (ClosedByInterruptException e) {
      boolean wasInterrupted = Thread.interrupted();
      try {
        PrivateFile.write(file, content);
      } finally {
        if (wasInterrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private static Line line(Ticket ticket) {
    return new Line(
        ticket.names(),
        ticket.failures(),
        ticket.tried(),
        text(ticket.retryAt()),
        ticket.order(),
        ticket.records(),
        ticket.certificate());
  }
}
