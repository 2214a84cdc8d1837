package dev.culvert.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --state}, which every command has. */
final class StateOption {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Keys, tokens and names on hold (CULVERTD_STATE; default: ~/.local/state/culvertd).",
      defaultValue = "${env:CULVERTD_STATE}")
  private @Nullable Path path;

  Path path() {
    if (path != null && !path.toString().isEmpty()) {
      return path;
    }
    String state = System.getenv("XDG_STATE_HOME");
    Path base =
        state == null || state.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".local", "state")
            : Path.of(state);
    return base.resolve("culvertd");
  }
}
