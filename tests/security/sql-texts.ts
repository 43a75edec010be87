import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Where SQL enters: methods that take a text for the server, by the class or interface that has them. */
const entries: Readonly<Record<string, readonly string[]>> = {
  Tx: ['rows', 'one', 'maybe', 'execute', 'copyIn', 'readRows', 'draw'],
  Store: ['write'],
  Client: ['query'],
  ClientBase: ['query'],
  PoolClient: ['query'],
  Pool: ['query'],
};
/** What gives a text that is checked or quoted: digits of a city's code, a quoted value or name. */
const vetted = new Set(['schemaOf', 'escapeLiteral', 'escapeIdentifier']);
const besideFirst = new Set(['write']);

/** A part of an SQL text that is no text of the program. */
export interface Loose {
  readonly file: string;
  readonly part: string;
}

/** The SQL texts of `src`, and what of them is not made of the program's own constants. */
export class SqlTexts {
  readonly loose: Loose[] = [];
  /** Calls that give the server a text. */
  texts = 0;
  readonly #checker: ts.TypeChecker;
  readonly #calls = new Map<ts.Symbol, ts.CallExpression[]>();
  readonly #done = new Map<ts.Node, boolean>();

  /** @param more a further file, by its path below the project, that is judged with the others */
  constructor(more: { readonly file: string; readonly source: string }) {
    const config = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
    const { fileNames, options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
    const files = fileNames.filter(
      (f) => f.startsWith(path.join(root, 'src')) && !f.includes('.test.'),
    );
    const extra = path.join(root, more.file);
    files.push(extra);
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (name) => name === extra || fileExists(name);
    host.getSourceFile = (name, language, ...rest) =>
      name === extra
        ? ts.createSourceFile(name, more.source, language, true)
        : getSourceFile.call(host, name, language, ...rest);
    const program = ts.createProgram(files, { ...options, noEmit: true }, host);
    this.#checker = program.getTypeChecker();
    const sources = program.getSourceFiles().filter((s) => files.includes(s.fileName));
    for (const source of sources) this.#walk(source, (call) => this.#index(call));
    for (const source of sources) this.#walk(source, (call) => this.#judge(call));
  }

  #walk(node: ts.Node, seen: (call: ts.CallExpression) => void): void {
    if (ts.isCallExpression(node)) seen(node);
    ts.forEachChild(node, (child) => this.#walk(child, seen));
  }

  #index(call: ts.CallExpression): void {
    const symbol = this.#symbolOf(call.expression);
    if (symbol === undefined) return;
    this.#calls.set(symbol, [...(this.#calls.get(symbol) ?? []), call]);
  }

  #judge(call: ts.CallExpression): void {
    if (!ts.isPropertyAccessExpression(call.expression)) return;
    const method = call.expression.name.text;
    const owner =
      this.#checker.getTypeAtLocation(call.expression.expression).getSymbol()?.name ?? '';
    if (entries[owner]?.includes(method) !== true) return;
    const text = call.arguments[besideFirst.has(method) ? 1 : 0];
    // The class's own methods hand on what they were given.
    if (text === undefined || call.getSourceFile().fileName.endsWith('database/tx.ts')) return;
    this.texts += 1;
    this.#fixed(text);
  }

  #symbolOf(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.#checker.getSymbolAtLocation(
      ts.isPropertyAccessExpression(node) ? node.name : node,
    );
    return symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
      ? this.#checker.getAliasedSymbol(symbol)
      : symbol;
  }

  /** Whether a text is the program's own; what is not is kept. A text that is asked about within itself is. */
  #fixed(node: ts.Expression): boolean {
    const before = this.#done.get(node);
    if (before !== undefined) return before;
    this.#done.set(node, true);
    const fixed = this.#isFixed(node);
    this.#done.set(node, fixed);
    return fixed;
  }

  #isFixed(node: ts.Expression): boolean {
    if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return true;
    if (this.#isLiteral(node)) return true;
    if (ts.isTemplateExpression(node))
      return this.#all(node.templateSpans.map((span) => span.expression));
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isSatisfiesExpression(node)
    )
      return this.#fixed(node.expression);
    if (ts.isConditionalExpression(node)) return this.#all([node.whenTrue, node.whenFalse]);
    if (ts.isBinaryExpression(node)) return this.#all([node.left, node.right]);
    if (ts.isArrayLiteralExpression(node)) return this.#all(node.elements);
    if (ts.isSpreadElement(node)) return this.#fixed(node.expression);
    if (ts.isObjectLiteralExpression(node))
      return this.#all(
        node.properties.map((p) =>
          ts.isPropertyAssignment(p) ? p.initializer : (p as unknown as ts.Expression),
        ),
      );
    if (ts.isElementAccessExpression(node)) return this.#fixed(node.expression);
    if (ts.isIdentifier(node)) return this.#named(node);
    if (ts.isPropertyAccessExpression(node)) return this.#named(node);
    if (ts.isCallExpression(node)) return this.#called(node);
    return this.#refuse(node);
  }

  /** All are asked, so that all that are loose are kept. */
  #all(nodes: readonly ts.Expression[]): boolean {
    return nodes.map((n) => this.#fixed(n)).every(Boolean);
  }

  #isLiteral(node: ts.Expression): boolean {
    const type = this.#checker.getTypeAtLocation(node);
    const parts = type.isUnion() ? type.types : [type];
    return parts.every(
      (t) =>
        (t.flags &
          (ts.TypeFlags.StringLiteral |
            ts.TypeFlags.NumberLiteral |
            ts.TypeFlags.Undefined |
            ts.TypeFlags.BooleanLiteral)) !==
        0,
    );
  }

  #named(node: ts.Identifier | ts.PropertyAccessExpression): boolean {
    const symbol = this.#symbolOf(node);
    const declared = symbol?.valueDeclaration;
    if (symbol === undefined || declared === undefined) return this.#refuse(node);
    if (
      ts.isVariableDeclaration(declared) &&
      declared.initializer !== undefined &&
      (declared.parent.flags & ts.NodeFlags.Const) !== 0
    )
      return this.#fixed(declared.initializer);
    if (ts.isPropertyAssignment(declared)) return this.#fixed(declared.initializer);
    if (ts.isParameter(declared) && ts.isIdentifier(declared.name))
      return this.#given(declared, node);
    return this.#refuse(node);
  }

  /** A parameter: of what is handed to `map`, an element; of a function, whatever it is called with anywhere. */
  #given(parameter: ts.ParameterDeclaration, use: ts.Expression): boolean {
    const made = parameter.parent;
    const place = made.parameters.indexOf(parameter);
    if (
      ts.isArrowFunction(made) &&
      ts.isCallExpression(made.parent) &&
      ts.isPropertyAccessExpression(made.parent.expression) &&
      /^(map|flatMap|filter)$/.test(made.parent.expression.name.text)
    )
      return place > 0 || this.#fixed(made.parent.expression.expression);
    const name = ts.isVariableDeclaration(made.parent) ? made.parent.name : made.name;
    const symbol = name === undefined ? undefined : this.#checker.getSymbolAtLocation(name);
    const calls = symbol === undefined ? undefined : this.#calls.get(symbol);
    if (calls === undefined) return this.#refuse(use);
    return this.#all(calls.flatMap((c) => c.arguments[place] ?? parameter.initializer ?? []));
  }

  #called(call: ts.CallExpression): boolean {
    const callee = call.expression;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
    if (vetted.has(name)) return true;
    if (ts.isPropertyAccessExpression(callee)) {
      const { text } = callee.name;
      if (/^(map|flatMap)$/.test(text)) return this.#returned(call.arguments[0]!, call);
      if (/^(join|filter|slice|replace|replaceAll|trim)$/.test(text))
        return this.#all([
          callee.expression,
          ...call.arguments.filter(
            (a) => !ts.isArrowFunction(a) && !ts.isRegularExpressionLiteral(a),
          ),
        ]);
    }
    const declared = this.#symbolOf(callee)?.valueDeclaration;
    if (declared === undefined) return this.#refuse(call);
    if (ts.isFunctionDeclaration(declared)) return this.#returned(declared, call);
    if (ts.isVariableDeclaration(declared) && declared.initializer !== undefined)
      return this.#returned(declared.initializer, call);
    return this.#refuse(call);
  }

  #returned(made: ts.Node, call: ts.CallExpression): boolean {
    if (!ts.isArrowFunction(made) && !ts.isFunctionDeclaration(made)) return this.#refuse(call);
    if (made.body === undefined) return this.#refuse(call);
    if (!ts.isBlock(made.body)) return this.#fixed(made.body);
    const returns: ts.Expression[] = [];
    const collect = (node: ts.Node): void => {
      if (ts.isReturnStatement(node) && node.expression !== undefined)
        returns.push(node.expression);
      if (!ts.isFunctionLike(node)) ts.forEachChild(node, collect);
    };
    ts.forEachChild(made.body, collect);
    return returns.length === 0 ? this.#refuse(call) : this.#all(returns);
  }

  #refuse(node: ts.Node): false {
    const file = path.relative(path.join(root, 'src'), node.getSourceFile().fileName);
    this.loose.push({ file, part: node.getText().replace(/\s+/g, ' ') });
    return false;
  }
}
