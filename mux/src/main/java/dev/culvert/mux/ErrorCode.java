package dev.culvert.mux;

/** Why a session goes away (yamux spec, Go Away). */
public enum ErrorCode {
  NORMAL(0),
  PROTOCOL_ERROR(1),
  INTERNAL_ERROR(2);

  private final int wireValue;

  ErrorCode(int wireValue) {
    this.wireValue = wireValue;
  }

  long wireValue() {
    return wireValue;
  }
}
