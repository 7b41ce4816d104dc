package io.nsbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What is public says what it is. */
class JavadocTest {
    @Test
    void everyPublicTypeAndMethodBeginsItsCommentWithASentence() throws IOException {
        Missing missing = new Missing();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"));
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            // Only parsed: nothing that the sources need is looked for.
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, problem -> {}, null, null, manager.getJavaFileObjectsFromPaths(sources));
            missing.comments = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                missing.scan(unit, null);
            }
        }
        assertThat(missing.seen).isGreaterThan(500);
        assertThat(missing.places).isEmpty();
    }

    private static final class Missing extends TreePathScanner<Void, Void> {
        private final List<String> places = new ArrayList<>();
        private DocTrees comments;
        private int seen;

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            if (isPublic(type.getModifiers())) {
                look(type.getSimpleName().toString());
            }
            return super.visitClass(type, nothing);
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            // The canonical constructor of a record is described by the record, an overriding method by the first.
            boolean described = method.getName().contentEquals("<init>")
                    || method.getModifiers().getAnnotations().stream().anyMatch(Missing::overrides);
            if ((isPublic(method.getModifiers()) || isOfInterface()) && !described) {
                look(method.getName().toString());
            }
            return super.visitMethod(method, nothing);
        }

        private static boolean overrides(AnnotationTree annotation) {
            return annotation.getAnnotationType().toString().equals("Override");
        }

        private boolean isPublic(ModifiersTree modifiers) {
            return modifiers.getFlags().contains(Modifier.PUBLIC)
                    && enclosing()
                            .allMatch(each -> each.getModifiers().getFlags().contains(Modifier.PUBLIC));
        }

        /** What an interface has is public without the word. */
        private boolean isOfInterface() {
            return getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type
                    && type.getKind() == Tree.Kind.INTERFACE
                    && enclosing()
                            .allMatch(each -> each.getModifiers().getFlags().contains(Modifier.PUBLIC));
        }

        private Stream<ClassTree> enclosing() {
            Stream.Builder<ClassTree> types = Stream.builder();
            for (var path = getCurrentPath().getParentPath(); path != null; path = path.getParentPath()) {
                Tree leaf = path.getLeaf();
                if (leaf instanceof ClassTree type) {
                    types.add(type);
                }
            }
            return types.build();
        }

        private void look(String name) {
            seen++;
            DocCommentTree comment = comments.getDocCommentTree(getCurrentPath());
            String first =
                    comment == null ? "" : comment.getFirstSentence().toString().strip();
            if (!first.endsWith(".")) {
                places.add(
                        getCurrentPath().getCompilationUnit().getSourceFile().getName() + ": " + name + ": " + first);
            }
        }
    }
}
