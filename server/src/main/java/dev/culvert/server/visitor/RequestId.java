package dev.culvert.server.visitor;

import io.netty.util.concurrent.FastThreadLocal;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Names for requests: unique, and no secret. Any thread. */
final class RequestId {
  private static final int SEED_BYTES = 32;

  private static final FastThreadLocal<RandomGenerator> RANDOM =
      new FastThreadLocal<>() {
        @Override
        protected RandomGenerator initialValue() {
          byte[] seed = new byte[SEED_BYTES];
          new SecureRandom().nextBytes(seed);
          return RandomGeneratorFactory.of("L128X128MixRandom").create(seed);
        }
      };

  private RequestId() {}

  /** 128 random bits, as 32 digits of hexadecimal. */
  static String random() {
    RandomGenerator random = RANDOM.get();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }
}
