/**
 * Prints what each name in a script stands for, as TypeScript understands it:
 * node bindings.mjs TYPESCRIPT_FOLDER JSCONFIG SCRIPT
 */
import { pathToFileURL } from 'node:url';

const [typescript, jsconfig, file] = process.argv.slice(2);
const { API } = await import(pathToFileURL(`${typescript}/dist/api/sync/api.js`).href);
const { SyntaxKind } = await import(pathToFileURL(`${typescript}/dist/ast/index.js`).href);
const api = new API();
const project = api.updateSnapshot({ openProjects: [jsconfig] }).getProject(jsconfig);
const source = project.program.getSourceFile(file);

const NAMED = [SyntaxKind.PropertyAssignment, SyntaxKind.MethodDeclaration, SyntaxKind.PropertyDeclaration];
NAMED.push(SyntaxKind.GetAccessor, SyntaxKind.SetAccessor, SyntaxKind.PropertyAccessExpression, SyntaxKind.MetaProperty);
const LABELLED = [SyntaxKind.LabeledStatement, SyntaxKind.BreakStatement, SyntaxKind.ContinueStatement];

/** A member's, of an object, a class or a pattern: such names stay. */
function isProperty(node) {
    const { parent } = node;
    return (
        (NAMED.includes(parent.kind) && parent.name === node) ||
        (parent.kind === SyntaxKind.BindingElement && parent.propertyName === node)
    );
}

/** In the order of the script; a shorthand is two names. */
const found = [];
const numbers = new Map();

function number(key) {
    numbers.set(key, numbers.get(key) ?? numbers.size);
    return `own ${numbers.get(key)}`;
}

function walk(node) {
    if (node.kind === SyntaxKind.ShorthandPropertyAssignment) {
        found.push({ text: `property ${node.name.text}` }, { text: node.name.text, shorthand: node });
        if (node.objectAssignmentInitializer) {
            walk(node.objectAssignmentInitializer);
        }
        return;
    }
    const takesByName = node.kind === SyntaxKind.BindingElement && node.parent.kind === SyntaxKind.ObjectBindingPattern;
    if (takesByName && !node.propertyName && !node.dotDotDotToken) {
        found.push({ text: `property ${node.name.text}` });
    }
    if (node.kind === SyntaxKind.Identifier) {
        found.push(isProperty(node) ? { text: `property ${node.text}` } : { text: node.text, node });
    }
    node.forEachChild((child) => void walk(child));
}

function tell({ text, node, shorthand }) {
    if (!node && !shorthand) {
        return text;
    }
    if (node && LABELLED.includes(node.parent.kind)) {
        return 'label';
    }
    const { checker } = project;
    const symbol = shorthand ? checker.getShorthandAssignmentValueSymbol(shorthand) : checker.getSymbolAtLocation(node);
    const own = symbol?.declarations.find(({ path }) => path.toLowerCase() === file.toLowerCase());
    return own ? number(own.index) : `free ${text}`;
}

walk(source);
console.log(JSON.stringify(found.map(tell)));
api.close();
