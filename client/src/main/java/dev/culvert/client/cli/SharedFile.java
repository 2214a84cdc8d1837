package dev.culvert.client.cli;

import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Warns of a file that other users of this machine may use more than is good. */
final class SharedFile {
  private SharedFile() {}

  /** For a file that holds a secret. */
  static void warnIfOpen(String what, Path file, PrintWriter err) throws IOException {
    String mode = PrivateFile.sharedPermissions(file);
    if (mode != null) {
      warn(what, file, mode, "may use it: chmod 600 it, and have the token replaced", err);
    }
  }

  /** For a file that says whom to trust. */
  static void warnIfWritable(String what, Path file, PrintWriter err) throws IOException {
    String mode = PrivateFile.sharedPermissions(file);
    if (isWritable(mode)) {
      warn(what, file, mode, "may change it: chmod go-w it", err);
    }
  }

  private static boolean isWritable(@Nullable String mode) {
    return mode != null && mode.substring(3).contains("w"); // behind the owner's three
  }

  private static void warn(
      String what, Path file, @Nullable String mode, String remedy, PrintWriter err) {
    err.println(
        "culvert: "
            + TerminalText.printable(what + " " + file)
            + " ("
            + mode
            + "): others than its owner "
            + remedy);
    err.flush();
  }
}
