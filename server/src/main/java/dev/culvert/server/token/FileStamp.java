package dev.culvert.server.token;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** What distinguishes one written file from the next. */
record FileStamp(FileTime lastModified, long sizeBytes, @Nullable Object fileKey) {

  /** Null when there is no file. */
  static @Nullable FileStamp of(Path path) throws TokenStoreException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileStamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new TokenStoreException(
          path + ": cannot be read: " + FileFailure.reason(e), "Check the file and its owner", e);
    }
  }
}
