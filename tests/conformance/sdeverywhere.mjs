// Runs a model of Vensim with SDEverywhere's compiler: node sdeverywhere.mjs PACKAGES MODEL FOLDER.
// PACKAGES is a folder in which @sdeverywhere/compile and @sdeverywhere/runtime are installed.
// Prints one JSON line: names of the scalars, times, and values by time.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [, , packages, model, folder] = process.argv
const root = path.resolve(packages, 'package.json')
const from = name => import(pathToFileURL(createRequire(root).resolve(name)).href)
const compiler = path.resolve(packages, 'node_modules/@sdeverywhere/compile/src/index.js')
const { parseAndGenerate } = await import(pathToFileURL(compiler).href)
const { getJsModelFunctions } = await from('@sdeverywhere/runtime')

const text = fs.readFileSync(model, 'utf8')
await parseAndGenerate(text, 'vensim', {}, ['generateJS'], folder, 'made', folder)
const file = path.join(folder, 'made.mjs')
fs.renameSync(path.join(folder, 'made.js'), file)
const made = await (await import(pathToFileURL(file).href)).default()

const functions = getJsModelFunctions()
made.setModelFunctions(functions)
const [first, last, step] = [made.getInitialTime(), made.getFinalTime(), made.getTimeStep()]
functions.setContext({ initialTime: first, finalTime: last, timeStep: step, currentTime: first })
made.initConstants()
made.setTime(first)
made.initLevels()
const steps = Math.round((last - first) / step)
const every = Math.max(1, Math.round(made.getSaveFreq() / step))
const out = fs.openSync(path.join(folder, 'made.bin'), 'w')
const times = []
for (let k = 0; k <= steps; k++) {
  const now = first + k * step
  made.setTime(now)
  functions.setContext({ initialTime: first, finalTime: last, timeStep: step, currentTime: now })
  made.evalAux()
  if (k % every === 0) {
    const row = []
    made.storeOutputs(value => row.push(value))
    times.push(now)
    fs.writeSync(out, Buffer.from(Float64Array.from(row).buffer))
  }
  if (k < steps) made.evalLevels()
}
fs.closeSync(out)
fs.writeFileSync(path.join(folder, 'made.json'), JSON.stringify({ names: made.outputVarNames, times }))
