package dev.culvert.bench;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may import which; Maven holds the same between modules. */
final class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.culvert");

  private static final String[] EVERYWHERE = {
    "java..", "javax.net.ssl..", "javax.security..", "org.jspecify.annotations.."
  };

  /** A package and what it may import beside itself and the JDK. */
  static Stream<Arguments> imports() {
    return Stream.of(
        Arguments.of("dev.culvert.mux", List.of("io.netty.buffer", "io.netty.util..")),
        Arguments.of(
            "dev.culvert.mux.control",
            List.of("io.netty.buffer", "io.netty.util", "com.google.gson..")),
        Arguments.of(
            "dev.culvert.mux.netty",
            List.of(
                "dev.culvert.mux",
                "io.netty.buffer",
                "io.netty.channel..",
                "io.netty.bootstrap",
                "io.netty.util..")),
        Arguments.of(
            "dev.culvert.mux.socket",
            List.of("io.netty.channel..", "io.netty.bootstrap", "io.netty.util..")),
        Arguments.of("dev.culvert.tls", List.of("io.netty..", "org.bouncycastle..")),
        Arguments.of(
            "dev.culvert.server.rules",
            List.of(
                "dev.culvert.mux.control",
                "dev.culvert.tls",
                "javax.crypto..",
                "io.netty.handler.codec.http",
                "io.netty.util",
                "com.github.benmanes.caffeine..",
                "org.tomlj",
                "org.slf4j")),
        Arguments.of(
            "dev.culvert.server.route",
            List.of(
                "dev.culvert.server.rules",
                "dev.culvert.mux..",
                "dev.culvert.tls",
                "io.netty..",
                "com.github.benmanes.caffeine..",
                "com.google.gson..",
                "org.slf4j")),
        Arguments.of("dev.culvert.server.visitor", List.of("io.netty..", "org.slf4j")),
        Arguments.of("dev.culvert.server.log", List.of("dev.culvert.mux.control", "org.slf4j")),
        Arguments.of(
            "dev.culvert.server.edge",
            List.of(
                "dev.culvert.server.log",
                "dev.culvert.server.route",
                "dev.culvert.server.rules",
                "dev.culvert.server.visitor",
                "dev.culvert.mux..",
                "dev.culvert.tls",
                "io.netty..",
                "com.google.gson..",
                "com.github.benmanes.caffeine..",
                "org.slf4j")),
        Arguments.of(
            "dev.culvert.server.agent",
            List.of(
                "dev.culvert.server.route",
                "dev.culvert.server.rules",
                "dev.culvert.server.token",
                "dev.culvert.server.visitor",
                "dev.culvert.mux..",
                "dev.culvert.tls",
                "io.netty..",
                "com.github.benmanes.caffeine..",
                "org.slf4j..")),
        Arguments.of(
            "dev.culvert.server.token",
            List.of(
                "dev.culvert.server.route",
                "dev.culvert.mux.control",
                "dev.culvert.tls",
                "javax.crypto..",
                "com.google.crypto.tink..",
                "com.google.errorprone..",
                "com.google.gson..",
                "com.github.benmanes.caffeine..",
                "org.slf4j")),
        Arguments.of(
            "dev.culvert.server.acme",
            List.of(
                "dev.culvert.tls",
                "io.netty..",
                "com.google.gson..",
                "org.shredzone.acme4j..",
                "org.slf4j")),
        Arguments.of(
            "dev.culvert.server",
            List.of(
                "dev.culvert.server..",
                "dev.culvert.mux..",
                "dev.culvert.tls",
                "io.netty..",
                "com.google.gson..",
                "picocli",
                "org.slf4j")),
        Arguments.of(
            "dev.culvert.client.link",
            List.of("dev.culvert.mux..", "dev.culvert.tls", "io.netty..", "org.slf4j")),
        Arguments.of(
            "dev.culvert.client.local",
            List.of("dev.culvert.mux..", "dev.culvert.tls", "io.netty..", "org.slf4j")),
        Arguments.of(
            "dev.culvert.client",
            List.of(
                "dev.culvert.client.link",
                "dev.culvert.client.local",
                "dev.culvert.mux..",
                "dev.culvert.tls",
                "io.netty..",
                "org.slf4j")),
        Arguments.of(
            "dev.culvert.client.cli",
            List.of(
                "dev.culvert.client",
                "dev.culvert.client.local",
                "dev.culvert.mux.control",
                "dev.culvert.tls",
                "picocli",
                "org.tomlj")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("imports")
  void aPackageImportsOnlyWhatItMay(String packageName, List<String> allowed) {
    String[] all =
        Stream.of(Stream.of(EVERYWHERE), allowed.stream(), Stream.of(packageName))
            .flatMap(names -> names)
            .toArray(String[]::new);
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage(packageName)
            .should()
            .dependOnClassesThat(not(resideInAnyPackage(all)).and(not(anArray())));

    rule.check(OURS);
  }

  private static DescribedPredicate<JavaClass> anArray() {
    return DescribedPredicate.describe(
        "an array of primitives", type -> type.getBaseComponentType().isPrimitive());
  }

  @Test
  void theServerAndTheClientDoNotSeeEachOther() {
    noClasses()
        .that()
        .resideInAPackage("dev.culvert.server..")
        .should()
        .dependOnClassesThat(resideInAPackage("dev.culvert.client.."))
        .check(OURS);
    noClasses()
        .that()
        .resideInAPackage("dev.culvert.client..")
        .should()
        .dependOnClassesThat(resideInAPackage("dev.culvert.server.."))
        .check(OURS);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.culvert.(**)").should().beFreeOfCycles().check(OURS);
  }

  @Test
  void theMuxKnowsNoClockThreadOrChannel() {
    noClasses()
        .that()
        .resideInAPackage("dev.culvert.mux")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent.locks", "io.netty.channel..", "org.slf4j..")
        .check(OURS);
  }

  @Test
  void typeNamesSayWhatATypeIs() {
    noClasses()
        .should()
        .haveNameMatching(
            ".*(Util|Utils|Helper|(?<!Trust|Key)Manager|Common|Impl)") // those two are JSSE's
        .check(OURS);
  }

  @Test
  void everyPackageIsNullMarked() {
    for (JavaPackage ours : OURS.getPackage("dev.culvert").getSubpackagesInTree()) {
      if (!ours.getClasses().isEmpty() && !ours.getRelativeName().equals("jmh_generated")) {
        assertThat(ours.isAnnotatedWith(NullMarked.class)).as(ours.getName()).isTrue();
      }
    }
  }
}
