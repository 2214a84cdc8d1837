package dev.culvert.mux;

/**
 * The yamux frame header: 12 bytes, big endian (yamux spec, Framing).
 *
 * <pre>
 * version u8 = 0 | type u8 | flags u16 | stream id u32 | length u32
 * </pre>
 *
 * <p>{@code length} is the payload size of a Data frame, the credit of a WindowUpdate, the opaque
 * value of a Ping and the code of a GoAway.
 */
public final class Frame {
  public static final int HEADER_BYTES = 12;

  /**
   * What a stream may send before its first credit, in each direction (yamux spec, Flow Control).
   */
  public static final int INITIAL_WINDOW_BYTES = 256 * 1024;

  static final int VERSION = 0;

  static final int DATA = 0;
  static final int WINDOW_UPDATE = 1;
  static final int PING = 2;
  static final int GO_AWAY = 3;

  static final int SYN = 0x1;
  static final int ACK = 0x2;
  static final int FIN = 0x4;
  static final int RST = 0x8;

  static final long MAX_UNSIGNED_INT = 0xFFFF_FFFFL;

  private Frame() {}
}
