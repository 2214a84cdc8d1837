package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** By what a change of a file is noticed, be it that of a symbolic link on the way to it. */
record FileStamp(FileTime lastModified, long sizeBytes, @Nullable Object fileKey) {

  /** In the order of {@code files}; one that cannot be looked at has none. */
  static List<FileStamp> of(List<Path> files) {
    List<FileStamp> stamps = new ArrayList<>(files.size());
    for (Path file : files) {
      BasicFileAttributes attributes;
      try {
        attributes = Files.readAttributes(file, BasicFileAttributes.class);
      } catch (IOException e) {
        continue; // whoever reads it says what is wrong
      }
      stamps.add(
          new FileStamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
    }
    return stamps;
  }
}
