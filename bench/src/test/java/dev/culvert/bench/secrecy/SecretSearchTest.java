package dev.culvert.bench.secrecy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret is found in each form that something may print it in. */
final class SecretSearchTest {
  private static final String SECRET = "c2lnbmF0dXJl_+/X9xkQ-Zp0aGUgcmVzdCBvZiBpdA7r4Tn8Q";
  private static final BigInteger NUMBER =
      new BigInteger("7f3c9a51e08b64d2117a5cfe90b3d8462c1f7e85a9b0d3647182f5c6a7b8091e", 16);

  private final SecretSearch search = new SecretSearch();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Arguments form(String name, UnaryOperator<String> form) {
    return Arguments.of(name, form);
  }

  static Stream<Arguments> forms() {
    return Stream.of(
        form("plain", text -> text),
        form("a part", text -> text.substring(7, 30)),
        form("cut", text -> text.substring(0, 20) + "..."),
        form("URL", text -> URLEncoder.encode(text, StandardCharsets.UTF_8)),
        form("hex", text -> HexFormat.of().formatHex(bytes(text))),
        form("HEX", text -> HexFormat.of().withUpperCase().formatHex(bytes(text))),
        form("base64", text -> Base64.getEncoder().encodeToString(bytes(text))),
        form("basic", text -> Base64.getEncoder().encodeToString(bytes("u:" + text))),
        form("basic, one on", text -> Base64.getEncoder().encodeToString(bytes("us:" + text))),
        form("inside base64", text -> Base64.getEncoder().encodeToString(bytes("x" + text + "yz"))),
        form("base64 for URLs", text -> Base64.getUrlEncoder().encodeToString(bytes(text))),
        form("lines of base64", text -> Base64.getMimeEncoder().encodeToString(bytes("12" + text))),
        form(
            "dump",
            text -> ByteBufUtil.prettyHexDump(Unpooled.wrappedBuffer(bytes("12345" + text)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forms")
  void textIsFoundInEachForm(String name, UnaryOperator<String> form) {
    search.addText(SECRET);

    assertThat(search.find("first line\nsaid " + form.apply(SECRET) + " and more"))
        .isNotEmpty()
        .allMatch(place -> place.matches("line \\d+: a secret, .*"));
  }

  @Test
  void numberOfAKeyIsFoundInEachForm() {
    byte[] key = NUMBER.toByteArray();
    search.addBytes(key);
    search.addText(NUMBER.toString());

    assertThat(search.find("S: " + NUMBER)).isNotEmpty();
    assertThat(search.find("S: " + NUMBER.toString(16))).isNotEmpty();
    assertThat(search.find(HexFormat.ofDelimiter(" ").formatHex(key))).isNotEmpty();
    for (int before = 36; before < 39; before++) {
      byte[] der = new byte[before + key.length + 60];
      System.arraycopy(key, 0, der, before, key.length);
      assertThat(search.find(Base64.getMimeEncoder(64, bytes("\n")).encodeToString(der)))
          .as("%d bytes before it", before)
          .isNotEmpty();
    }
  }

  @Test
  void whatLooksLikeATokenOrKeyIsFoundThoughNobodyToldOfIt() {
    assertThat(
            search.find(
                "a\nb eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiI3In0.c2lnbmF0dXJlIG9mIHRoaXMgdG9rZW4"))
        .containsExactly("line 2: looks like a token or key");
    assertThat(search.find("-----BEGIN EC PRIVATE KEY-----")).hasSize(1);
    assertThat(search.find("-----BEGIN PRIVATE KEY-----")).hasSize(1);
    assertThat(search.find("Authorization: Basic dXNlcjpwYXNz")).hasSize(1);
  }

  @Test
  void whatIsNoSecretIsNotFound() {
    search.addText(SECRET);
    search.addBytes(NUMBER.toByteArray());

    assertThat(search.size()).isEqualTo(2);
    assertThat(search.find("INFO: laptop/2d681d session 76bb0e76c34b0a62 from 127.0.0.1:40000\n"))
        .isEmpty();
    assertThat(search.find("c2lnbmF0dXJ")).isEmpty();
    assertThat(search.find("")).isEmpty();
  }

  @Test
  void placeIsToldAndTheSecretIsNot() {
    search.addText(SECRET);

    assertThat(search.find("one\ntwo\n" + SECRET))
        .isNotEmpty()
        .allMatch(place -> place.matches("line 3: a secret, (plain|URL-encoded)"));
  }
}
