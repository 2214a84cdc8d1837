package dev.culvert.server.rules;

import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a {@link RuleBook} follow a file of rules. One thread at a time. */
public final class RulesWatch {
  private static final Logger logger = LoggerFactory.getLogger(RulesWatch.class);

  /** Of permissions as text. */
  private static final int OWNER_CHARS = 3;

  private final Path path;
  private List<HostRules> sections;
  private Stamp seen;
  private @Nullable RuleBook book;

  /** By what a change is noticed. */
  private record Stamp(FileTime lastModified, long sizeBytes, @Nullable Object fileKey) {
    static Stamp of(Path path) throws IOException {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(file.lastModifiedTime(), file.size(), file.fileKey());
    }
  }

  private RulesWatch(Path path) throws IOException {
    this.path = path;
    this.seen = Stamp.of(path); // before the content, so that a write in between is noticed
    this.sections = RulesFile.read(path);
    warnIfWritable();
  }

  /** Reads {@code path}; {@link IOException} as {@link RulesFile#read} throws it. */
  public static RulesWatch open(Path path) throws IOException {
    return new RulesWatch(path);
  }

  /** Whoever may write it decides who gets in. */
  private void warnIfWritable() throws IOException {
    String mode = PrivateFile.sharedPermissions(path);
    if (mode != null && mode.substring(OWNER_CHARS).contains("w")) {
      logger.warn(
          "{} ({}): others than its owner may change the rules for visitors: chmod go-w it",
          path,
          mode);
    }
  }

  /** Holds the visitors of {@code ruleBook} to what was read, and to what will be. */
  public void guide(RuleBook ruleBook) {
    book = ruleBook;
    ruleBook.replaceHostRules(sections);
  }

  /**
   * Reads the file again if it has changed. Where that fails, all stays as it was, an {@link
   * UncheckedIOException} says why, and the next call tries again.
   */
  public void reloadIfChanged() {
    try {
      Stamp stamp = Stamp.of(path);
      if (!stamp.equals(seen)) {
        sections = RulesFile.read(path);
        warnIfWritable();
        seen = stamp;
        if (book != null) {
          book.replaceHostRules(sections);
        }
        logger.info("{}: {} sections of rules are in force", path, sections.size());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": the rules stay as they were", e);
    }
  }
}
