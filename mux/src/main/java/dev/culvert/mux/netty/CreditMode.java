package dev.culvert.mux.netty;

/** When the peer gets credit for the bytes of a {@link StreamChannel}. */
public enum CreditMode {
  /** When they are fired into the pipeline; reading, or not, is the back-pressure. */
  ON_READ,
  /**
   * When the owner calls {@link StreamChannel#consumed}, as the relay does once they are written.
   */
  ON_CONSUMED
}
