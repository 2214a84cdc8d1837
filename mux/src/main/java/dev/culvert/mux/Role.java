package dev.culvert.mux;

/** Which half of the stream id space a peer opens from (yamux spec, Stream IDs). */
public enum Role {
  /** The side that dialled; opens odd ids. */
  CLIENT(1),
  /** The side that accepted; opens even ids. */
  SERVER(2);

  private final int firstId;

  Role(int firstId) {
    this.firstId = firstId;
  }

  /** The first id this side opens; each later one is two higher. */
  long firstId() {
    return firstId;
  }

  /** Says whether {@code id} is one the other side may open. */
  boolean isOpenedByPeer(long id) {
    return (id & 1) != (firstId & 1);
  }
}
