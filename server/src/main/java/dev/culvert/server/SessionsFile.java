package dev.culvert.server;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import dev.culvert.server.agent.SessionFacts;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * The file {@code sessions.json} in which a running server tells other processes of its owner who
 * is connected. Written when that has changed; gone when the server has ended in order.
 */
final class SessionsFile {
  private static final Gson GSON = new Gson();

  private final Path path;
  private List<Line> written = List.of();

  SessionsFile(Path stateDirectory) {
    this.path = stateDirectory.resolve("sessions.json");
  }

  /** One session as it stands in the file; the time as text for people. */
  record Line(String client, String address, String since, String tls, String software) {
    static Line of(SessionFacts session) {
      return new Line(
          session.client(),
          session.address(),
          session.since().toString(),
          session.tls().toString(),
          session.software());
    }
  }

  /** Writes what has changed; the oldest first. One thread. */
  void save(List<SessionFacts> sessions) {
    List<Line> lines =
        sessions.stream().sorted(Comparator.comparing(SessionFacts::since)).map(Line::of).toList();
    if (lines.equals(written) && Files.exists(path)) {
      return;
    }
    try {
      PrivateFile.write(path, GSON.toJson(lines).getBytes(StandardCharsets.UTF_8));
      written = lines;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
  }

  List<Line> read() throws IOException {
    try {
      List<Line> lines =
          GSON.fromJson(Files.readString(path), new TypeToken<List<Line>>() {}.getType());
      return lines == null ? List.of() : lines;
    } catch (JsonParseException e) {
      throw new IOException(path + ": not a list of sessions", e);
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
  }
}
