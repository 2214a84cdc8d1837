package dev.culvert.server.token;

/** The answer to a token that somebody presented. */
public sealed interface Verification {

  /** The token is this server's, registered, unrevoked and unexpired. */
  record Accepted(Grant grant) implements Verification {}

  /**
   * The token opens nothing.
   *
   * @param message for the person at the other end: says what to do and quotes no token text
   */
  record Rejected(Reason reason, String message) implements Verification {}

  /** Why a token was rejected. */
  enum Reason {
    /** Not of the form of a token of ours. */
    MALFORMED,
    /** Not signed by a key of this server. */
    BAD_SIGNATURE,
    EXPIRED,
    REVOKED,
    /** Signed by this server, but not in its registry. */
    UNKNOWN,
    /** Not looked at: too many verifications are waiting, or the verifier is closed. */
    BUSY;

    /** Whether the same token may be accepted when it is presented again a little later. */
    public boolean isRetryable() {
      return this == BUSY;
    }
  }
}
