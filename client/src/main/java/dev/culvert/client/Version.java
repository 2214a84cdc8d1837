package dev.culvert.client;

/** Name and version of this program. */
public final class Version {
  private Version() {}

  /** Such as {@code culvert 0.1.0}. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "culvert " + (version == null ? "(built in place)" : version);
  }
}
