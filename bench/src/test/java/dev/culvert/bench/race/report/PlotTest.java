package dev.culvert.bench.race.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class PlotTest {
  private static List<Path> draw(Path directory) throws IOException {
    Scores scores = new Scores();
    double value = 1;
    for (String contender : List.of("direct", "culvert tcp", "a <b> & c")) {
      for (String load : List.of("down 8", "up 8")) {
        scores.add(1, contender, load, "CPU s/GiB", value);
        scores.add(2, contender, load, "CPU s/GiB", 2 * value++);
      }
    }
    scores.write(directory.resolve("race.csv"));
    return Plot.draw(directory);
  }

  private static Element parse(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(file.toFile())
        .getDocumentElement();
  }

  private static List<Element> elements(Element svg, String name) {
    NodeList nodes = svg.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  @Test
  void onlyWhatHasFiguresIsDrawn(@TempDir Path directory) throws IOException {
    assertThat(draw(directory)).containsExactly(directory.resolve("cpu-bulk.svg"));
  }

  @Test
  void itIsWellFormedAndNamesEachTunnel(@TempDir Path directory) throws Exception {
    Element svg = parse(draw(directory).getFirst());

    assertThat(svg.getTagName()).isEqualTo("svg");
    assertThat(elements(svg, "text"))
        .extracting(Element::getTextContent)
        .contains("down 8, CPU s/GiB", "up 8, CPU s/GiB", "culvert tcp", "a <b> & c")
        .doesNotContain("direct");
  }

  @Test
  void aBarIsAsLongAsItsMedianOnTheScaleOfItsPanel(@TempDir Path directory) throws Exception {
    Element svg = parse(draw(directory).getFirst());

    assertThat(elements(svg, "rect").subList(1, 3))
        .extracting(bar -> Double.parseDouble(bar.getAttribute("width")))
        .containsExactly(180.0, 300.0); // 4.5 and 7.5 where the greatest, 10, is 400 wide
  }

  @Test
  void nothingIsDrawnOutsideOrOverAnother(@TempDir Path directory) throws Exception {
    Element svg = parse(draw(directory).getFirst());

    double width = Double.parseDouble(svg.getAttribute("width"));
    double height = Double.parseDouble(svg.getAttribute("height"));
    assertThat(elements(svg, "text"))
        .allSatisfy(text -> {
          assertThat(Double.parseDouble(text.getAttribute("x"))).isBetween(0.0, width);
          assertThat(Double.parseDouble(text.getAttribute("y"))).isBetween(0.0, height);
        })
        .extracting(text -> text.getAttribute("x") + " " + text.getAttribute("y"))
        .doesNotHaveDuplicates();
  }

  @Test
  void ticksAreRoundNumbers() {
    assertThat(Chart.ticks(10)).containsExactly(0.0, 2.0, 4.0, 6.0, 8.0, 10.0);
    assertThat(Chart.ticks(47)).containsExactly(0.0, 10.0, 20.0, 30.0, 40.0);
    assertThat(Chart.ticks(0.21)).hasSize(5);
  }
}
