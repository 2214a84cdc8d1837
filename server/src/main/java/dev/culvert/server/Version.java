package dev.culvert.server;

/** Name and version of this program. */
final class Version {
  private Version() {}

  /** Such as {@code culvertd 0.1.0}. */
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "culvertd " + (version == null ? "(built in place)" : version);
  }
}
