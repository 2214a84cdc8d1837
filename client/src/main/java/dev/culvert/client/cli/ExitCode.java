package dev.culvert.client.cli;

import dev.culvert.client.ClientEnd;

/** What the program exits with; scripts rely on it. */
final class ExitCode {
  static final int CLEAN = 0;
  static final int UNEXPECTED = 1;
  static final int USAGE = 2;
  static final int AUTH_REFUSED = 3;
  static final int NAME_REFUSED = 4;
  static final int UNREACHABLE = 5;

  private ExitCode() {}

  static int of(ClientEnd.Kind end) {
    return switch (end) {
      case CLOSED -> CLEAN;
      case UNAUTHORIZED, UNTRUSTED -> AUTH_REFUSED;
      case TUNNEL_REFUSED -> NAME_REFUSED;
      case UNREACHABLE -> UNREACHABLE;
      case SUPERSEDED, INCOMPATIBLE -> UNEXPECTED;
    };
  }
}
