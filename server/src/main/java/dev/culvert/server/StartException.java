package dev.culvert.server;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a server cannot start, and what to do about it, each a line for people. */
public final class StartException extends IOException {
  /** Whom a failure concerns. */
  public enum Fault {
    /** What was configured cannot be done: another start with the same fails too. */
    CONFIGURATION,
    /** The machine has no room for it now, such as an address in use. */
    MACHINE
  }

  private final Fault fault;
  private final String problem;
  private final String remedy;

  StartException(Fault fault, String problem, String remedy, @Nullable Throwable cause) {
    super(problem + ". " + remedy, cause);
    this.fault = fault;
    this.problem = problem;
    this.remedy = remedy;
  }

  /**
   * A failure with a key or certificate, whose message names the file and, behind a semicolon,
   * mostly the remedy.
   */
  static StartException ofKeyFile(IOException failure, String otherRemedy) {
    String message = String.valueOf(failure.getMessage());
    int end = message.indexOf("; ");
    return end < 0
        ? new StartException(Fault.CONFIGURATION, message, otherRemedy, failure)
        : new StartException(
            Fault.CONFIGURATION,
            message.substring(0, end),
            sentence(message.substring(end + 2)),
            failure);
  }

  private static String sentence(String clause) {
    return clause.substring(0, 1).toUpperCase(Locale.ROOT) + clause.substring(1) + ".";
  }

  public Fault fault() {
    return fault;
  }

  /** What is wrong, without the remedy. */
  public String problem() {
    return problem;
  }

  /** What to do about it, a sentence. */
  public String remedy() {
    return remedy;
  }
}
