package dev.culvert.server.route;

/** What tests of other packages do to a {@link DomainProof}. */
public final class DomainProofs {
  private DomainProofs() {}

  /** Has it ask anew. */
  public static void forget(DomainProof proof) {
    proof.forget();
  }
}
