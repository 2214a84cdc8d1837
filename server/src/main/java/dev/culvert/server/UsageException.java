package dev.culvert.server;

/** What the user wrote cannot be done as written; the remedy is for the second line. */
final class UsageException extends Exception {
  private final String remedy;

  UsageException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  String remedy() {
    return remedy;
  }
}
