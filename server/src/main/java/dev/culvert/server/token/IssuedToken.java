package dev.culvert.server.token;

/**
 * A token just made, the only time its text is at hand: show it once and forget it.
 *
 * @param text the secret itself; {@link #toString} leaves it out
 */
public record IssuedToken(TokenRecord record, String text) {
  @Override
  public String toString() {
    return "IssuedToken[record=" + record + "]";
  }
}
