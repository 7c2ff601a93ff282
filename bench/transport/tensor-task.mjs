import { move } from "piscina";

/** @param {Float32Array} array */
export default (array) => array[array.length - 1];

/** Gives it back as it came. @param {Float32Array} array */
export const back = (array) => move(array);
