package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The certificates that the server was issued, kept from one start to the next: a directory with a
 * file for each, chain and key in PEM, readable by its owner only. A file has the name of the
 * certificate's first host. One thread at a time.
 */
public final class IssuedCertificates {
  private static final String SUFFIX = ".pem";

  private final Path directory;

  public IssuedCertificates(Path directory) {
    this.directory = directory;
  }

  /**
   * All that can be read, those that expired too; of any other {@code problems} is told, with the
   * remedy.
   */
  public List<KeyAndChain> read(Consumer<String> problems) throws IOException {
    List<KeyAndChain> all = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return all;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        try {
          PrivateFile.requirePrivate(file);
          all.add(named(KeyAndChain.read(file, file), file));
        } catch (IOException e) {
          problems.accept(String.valueOf(e.getMessage()));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return all;
  }

  private static KeyAndChain named(KeyAndChain content, Path file) throws IOException {
    if (content.names().isEmpty()) {
      throw new IOException(file + ": holds a certificate that names no host; remove it");
    }
    return content;
  }

  /** Keeps a certificate, in place of the one whose first name is the same. */
  public void write(KeyAndChain content) throws IOException {
    if (content.names().isEmpty()) {
      throw new IllegalArgumentException("certificate: it names no host");
    }
    PrivateFile.createDirectory(directory);
    content.write(file(content.names().iterator().next()));
  }

  /** Where the certificate whose first name is {@code name} is kept. */
  public Path file(String name) {
    return directory.resolve(name.replace("*", "_wildcard") + SUFFIX);
  }
}
