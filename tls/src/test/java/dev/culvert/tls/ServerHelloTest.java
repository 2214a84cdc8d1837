package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server's first bytes, whole, in parts, and wrong. */
final class ServerHelloTest {
  private static final String RANDOM = "5a".repeat(32);
  private static final String RETRY =
      "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
  private static final String VERSION = "002b00020304";
  private static final String X25519 = "00330024001d0020" + "77".repeat(32);
  private static final String X25519_WANTED = "00330002001d";
  private static final String HYBRID = "0033046411ec0460" + "77".repeat(1120);
  private static final String FIRST_TICKET_TAKEN = "002900020000";
  private static final String CHANGE_CIPHER_SPEC = "140303000101";

  private static String hello(String random, String... extensions) {
    String all = String.join("", extensions);
    String body =
        "0303" + random + "20" + "11".repeat(32) + "1301" + "00" + hex(all.length() / 2, 2) + all;
    return "02" + hex(body.length() / 2, 3) + body;
  }

  private static String record(String message) {
    return "160303" + hex(message.length() / 2, 2) + message;
  }

  private static String hex(int value, int bytes) {
    return HexFormat.of().toHexDigits(value, 2 * bytes);
  }

  private static @Nullable ServerHello parse(String hex) {
    return ServerHello.parse(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)));
  }

  @Test
  void groupIsRead() {
    assertThat(parse(record(hello(RANDOM, VERSION, X25519))))
        .isEqualTo(new ServerHello("X25519", false));
    assertThat(parse(record(hello(RANDOM, HYBRID, VERSION))))
        .isEqualTo(new ServerHello("X25519MLKEM768", false));
  }

  @Test
  void takenTicketIsAResumption() {
    assertThat(parse(record(hello(RANDOM, VERSION, X25519, FIRST_TICKET_TAKEN))))
        .isEqualTo(new ServerHello("X25519", true));
  }

  @ParameterizedTest
  @CsvSource({
    "0017, P-256",
    "0018, P-384",
    "0019, P-521",
    "001d, X25519",
    "001e, X448",
    "0100, 0x0100"
  })
  void groupHasItsName(String code, String name) {
    assertThat(parse(record(hello(RANDOM, VERSION, "00330006" + code + "0002abcd"))))
        .isEqualTo(new ServerHello(name, false));
  }

  @Test
  void partsAreNotEnough() {
    String whole = record(hello(RANDOM, VERSION, X25519));

    for (int bytes = 0; bytes < whole.length() / 2; bytes++) {
      assertThat(parse(whole.substring(0, 2 * bytes))).as("%d bytes", bytes).isNull();
    }
  }

  @Test
  void messageMayBeSpreadOverRecords() {
    String message = hello(RANDOM, VERSION, HYBRID);

    String records =
        record(message.substring(0, 2))
            + record(message.substring(2, 400))
            + record(message.substring(400));

    assertThat(parse(records)).isEqualTo(new ServerHello("X25519MLKEM768", false));
  }

  @Test
  void retryIsNotTheAnswer() {
    String retry = record(hello(RETRY, VERSION, X25519_WANTED)) + CHANGE_CIPHER_SPEC;

    assertThat(parse(retry)).isNull();
    assertThat(parse(retry + record(hello(RANDOM, VERSION, HYBRID))))
        .isEqualTo(new ServerHello("X25519MLKEM768", false));
  }

  @Test
  void whatComesBehindDoesNotMatter() {
    assertThat(parse(record(hello(RANDOM, X25519)) + CHANGE_CIPHER_SPEC + "1703030001ff"))
        .isEqualTo(new ServerHello("X25519", false));
  }

  @Test
  void helloWithoutExtensionsChoseNoGroup() {
    String body = "0303" + RANDOM + "00" + "c02b" + "00";

    assertThat(parse(record("02" + hex(body.length() / 2, 3) + body)))
        .isEqualTo(new ServerHello(null, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "15030300020228", // alert
        "1703030001ff", // encrypted at once
        "485454502f312e31203430300d0a", // no TLS
        "16030300040100000000", // a ClientHello
        "16030300040200000000", // empty
        "1603030006020000020303", // ends within
      })
  void otherBytesTellNothing(String hex) {
    assertThat(parse(hex)).isEqualTo(ServerHello.UNREADABLE);
  }

  @Test
  void lengthsThatLeadOutsideTellNothing() {
    String good = hello(RANDOM, VERSION, X25519);
    byte[] bytes = ByteBufUtil.decodeHexDump(record(good));

    for (int i = 9; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] = (byte) 0xff;
      ByteBuf buffer = Unpooled.wrappedBuffer(changed);
      assertThat(ServerHello.parse(buffer)).as("byte %d", i).isNotNull();
      assertThat(buffer.readerIndex()).isZero();
    }
  }
}
