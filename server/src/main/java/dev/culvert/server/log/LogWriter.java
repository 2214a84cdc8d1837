package dev.culvert.server.log;

import dev.culvert.mux.control.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes lines of entries and writes them. Says once that it cannot, and once that it can again. One
 * thread.
 */
final class LogWriter {
  private static final Logger logger = LoggerFactory.getLogger(LogWriter.class);
  private static final int PART_CHARS = 64 * 1024;

  private final LogFile file;
  private final Format format;
  private final StringBuilder part = new StringBuilder();
  private long partLines;
  private long missing;
  private boolean hasFailed;

  LogWriter(LogFile file, Format format) {
    this.file = file;
    this.format = format;
  }

  /** Writes them all, part by part, or counts what is missing. */
  void write(Collection<Entry> entries) {
    for (Entry entry : entries) {
      String line = format.line(entry);
      if (line != null) {
        part.append(Secret.redact(line));
        partLines++;
      }
      if (part.length() >= PART_CHARS) {
        writePart();
      }
    }
    if (partLines > 0) {
      writePart();
    }
  }

  private void writePart() {
    try {
      // What was written before the failure may end within a line.
      file.write(((hasFailed ? "\n" : "") + part).getBytes(StandardCharsets.US_ASCII));
      if (hasFailed) {
        logger.warn("the access log is written again; {} lines are missing", missing);
      }
      hasFailed = false;
      missing = 0;
    } catch (IOException e) {
      missing += partLines;
      if (!hasFailed) {
        logger.error(
            "the access log cannot be written to {}: {}; visitors are served without it",
            file,
            e.getMessage());
      }
      hasFailed = true;
    }
    part.setLength(0);
    partLines = 0;
  }

  void reopen() {
    try {
      file.reopen();
      logger.info("the access log was opened anew: {}", file);
    } catch (IOException e) {
      logger.error(
          "the access log cannot be opened anew, and goes on where it was: {}", e.getMessage());
    }
  }

  void close() {
    try {
      file.close();
    } catch (IOException e) {
      logger.warn("the access log was not closed: {}", e.getMessage());
    }
  }
}
