package dev.culvert.bench.secrecy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Makes the tests' directories beside the output, for the secrets that are in their files. */
final class KeptDirectory implements TempDirFactory {
  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws Exception {
    Path directory = FinestOutput.start();
    return directory == null
        ? Files.createTempDirectory("junit-")
        : Files.createTempDirectory(FinestOutput.files(directory), "");
  }
}
