package dev.culvert.client.cli;

import dev.culvert.client.local.LocalTarget;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What the tunnel commands share: their parameter TARGET. */
final class Targets {
  private Targets() {}

  static LocalTarget parse(String text, LocalTarget.Scheme standard) throws UsageException {
    try {
      return LocalTarget.parse(text, standard);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()),
          standard == LocalTarget.Scheme.TCP
              ? "For example: culvert tcp 22"
              : "For example: culvert http 3000");
    }
  }

  static CommandSpec parsed(@Nullable CommandSpec spec) {
    if (spec == null) {
      throw new IllegalStateException("the command is not parsed yet");
    }
    return spec;
  }
}
