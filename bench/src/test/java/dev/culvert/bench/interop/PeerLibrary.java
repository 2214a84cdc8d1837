package dev.culvert.bench.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;

/** A yamux implementation of somebody else, and how its peer program is started. */
enum PeerLibrary {
  HASHICORP(Toolchain.GO, "./peer hashicorp"),
  GO_LIBP2P(Toolchain.GO, "./peer libp2p"),
  RUST(Toolchain.RUST, "build/release/peer"),
  JAVASCRIPT(Toolchain.NODE, "node main.js");

  private final Toolchain toolchain;
  private final String command; // words, parted by blanks

  PeerLibrary(Toolchain toolchain, String command) {
    this.toolchain = toolchain;
    this.command = command;
  }

  /**
   * Has the peer program built. Where that cannot be done, the test is skipped and says why; with
   * {@code CI} set in the environment it fails instead.
   */
  void require() {
    String problem = toolchain.problem();
    if (System.getenv("CI") != null && !problem.isEmpty()) {
      throw new AssertionError(this + ": " + problem);
    }
    assumeTrue(problem.isEmpty(), () -> this + ": " + problem);
  }

  /** Its peer program has been built, or can be. */
  boolean isBuilt() {
    return toolchain.problem().isEmpty();
  }

  /** The peer program, in the directory it was built in. */
  ProcessBuilder program(List<String> arguments) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(arguments);
    return new ProcessBuilder(words).directory(toolchain.directory().toFile());
  }

  /** Resets of single streams are part of its API. */
  boolean canReset() {
    return this != HASHICORP;
  }

  /** A reader of a stream that was reset learns that this was no end in order. */
  boolean tellsResetFromEnd() {
    return this != RUST;
  }

  /** Pings are part of its API. */
  boolean canPing() {
    return this != RUST;
  }

  /** Going away with this code is part of its API. */
  boolean canGoAway(int code) {
    return switch (this) {
      case HASHICORP, RUST -> code == 0;
      case GO_LIBP2P, JAVASCRIPT -> true;
    };
  }

  /** A stream exists for its other end although nothing was sent on it. */
  boolean canOpenEmptyStreams() {
    return this != RUST;
  }
}
