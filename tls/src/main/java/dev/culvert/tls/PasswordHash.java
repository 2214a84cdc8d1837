package dev.culvert.tls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * What is kept of a password: its Argon2id hash (RFC 9106), in the PHC format. Immutable.
 *
 * <p>What {@link #matches} costs is bounded whoever wrote the hash: {@value #MAX_MEMORY_KIB} KiB,
 * and about twice the time of a hash of our own. Not for event loops.
 */
public final class PasswordHash {
  private static final int MEMORY_KIB = 12 * 1024;
  private static final int PASSES = 3;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  static final int MAX_MEMORY_KIB = 20 * 1024;
  private static final int MAX_LANES = 4;
  private static final int MAX_KIB_WRITTEN = 80 * 1024;
  private static final int MAX_BYTES = 64;
  private static final int MIN_BYTES = 8;

  private static final String NUMBER = "([1-9][0-9]{0,5})";
  private static final Pattern TEXT =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m="
              + NUMBER
              + ",t="
              + NUMBER
              + ",p="
              + NUMBER
              + "\\$([A-Za-z0-9+/]{1,100})\\$([A-Za-z0-9+/]{1,100})");

  private final Cost cost;
  private final byte[] salt;
  private final byte[] hash;

  private record Cost(int memoryKib, int passes, int lanes) {}

  private PasswordHash(Cost cost, byte[] salt, byte[] hash) {
    this.cost = cost;
    this.salt = salt;
    this.hash = hash;
  }

  /** The hash of {@code password}, with a salt of {@code random}. */
  public static PasswordHash of(String password, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    Cost cost = new Cost(MEMORY_KIB, PASSES, 1);
    return new PasswordHash(cost, salt, compute(cost, salt, password, HASH_BYTES));
  }

  /** A hash that no password has, and that costs as much to try as {@code other}. */
  public static PasswordHash likeNone(PasswordHash other, RandomGenerator random) {
    byte[] salt = new byte[other.salt.length];
    byte[] hash = new byte[other.hash.length];
    random.nextBytes(salt);
    random.nextBytes(hash);
    return new PasswordHash(other.cost, salt, hash);
  }

  /**
   * Reads {@code $argon2id$v=19$m=12288,t=3,p=1$SALT$HASH}.
   *
   * @throws IllegalArgumentException where it is no such hash, or costs too much; without the text
   */
  public static PasswordHash parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "password hash: expected $argon2id$v=19$m=12288,t=3,p=1$...");
    }
    Cost cost = new Cost(number(parts, 1), number(parts, 2), number(parts, 3));
    if (cost.memoryKib > MAX_MEMORY_KIB
        || (long) cost.memoryKib * cost.passes > MAX_KIB_WRITTEN
        || cost.lanes > MAX_LANES
        || cost.memoryKib < 8 * cost.lanes) {
      throw new IllegalArgumentException(
          "password hash: expected m at most "
              + MAX_MEMORY_KIB
              + ", m times t at most "
              + MAX_KIB_WRITTEN
              + ", p at most "
              + MAX_LANES);
    }
    return new PasswordHash(cost, bytes(parts.group(4)), bytes(parts.group(5)));
  }

  private static int number(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }

  private static byte[] bytes(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("password hash: expected base64 without padding", e);
    }
    if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "password hash: expected salt and hash of " + MIN_BYTES + " to " + MAX_BYTES + " bytes");
    }
    return bytes;
  }

  /** Whether both take the same, so that nobody can tell them apart by time. */
  public boolean costsAsMuchAs(PasswordHash other) {
    return cost.equals(other.cost)
        && salt.length == other.salt.length
        && hash.length == other.hash.length;
  }

  /** Whether it is that of {@code password}; takes as long whether it is or not. */
  public boolean matches(String password) {
    return MessageDigest.isEqual(hash, compute(cost, salt, password, hash.length));
  }

  private static byte[] compute(Cost cost, byte[] salt, String password, int bytes) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib)
            .withIterations(cost.passes)
            .withParallelism(cost.lanes)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[bytes];
    generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }

  /** In the PHC format, for a file or the wire. */
  public String text() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + cost.memoryKib
        + ",t="
        + cost.passes
        + ",p="
        + cost.lanes
        + "$"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(hash);
  }

  @Override
  public String toString() {
    return "(password hash)";
  }
}
